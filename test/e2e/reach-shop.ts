import { finishCampaigns } from '../../src/program/campaigns/finish-campaigns.ts';
import { planCampaigns } from '../../src/program/campaigns/plan-campaigns.ts';
import { watchProgress } from '../../src/program/campaigns/watch-progress.ts';
import type { Person as SlackPerson } from '../support/fake-slack/index.ts';
import type { Person as TelegramPerson } from '../support/fake-telegram/index.ts';
import { freePort, type Program, until, type Variables } from '../support/program.ts';
import type { SlackShop } from './slack-shop.ts';
import type { TelegramShop } from './telegram-shop.ts';

/** Somewhere it is the middle of the day: nobody's quiet hours hold anything back, and the morning of today is over. */
const noonZone = ((offset) => `Etc/GMT${offset < 0 ? '+' : '-'}${Math.abs(offset)}`)(12 - new Date().getUTCHours());

/** A program in that place, with a clock that can be moved. */
export const atNoon = async (): Promise<Variables> => ({
  TIMEZONE: noonZone,
  PLAYGROUND: 'true',
  PORT: String(await freePort()),
});

/** Moves the program's clock, as the playground's page does: `1 day`, `1 month`. */
export async function advance({ app }: Program, by: string): Promise<void> {
  const address = `http://localhost:${app.port}/playground/clock`;
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(address, { method: 'POST', headers, body: JSON.stringify({ advance: by }) });
  if (status !== 204) throw new Error(`the clock stays where it is: ${status}`);
}

/** What the clock would do for broadcasts within a few seconds, at once. */
export async function upkeep({ peek, app }: Program): Promise<void> {
  const stopping = new AbortController().signal;
  const moment = { db: peek, now: app.kernel.now(), timeZone: noonZone, stopping };
  await planCampaigns(moment);
  await finishCampaigns(moment);
  await watchProgress({ ...moment, stands: 0 });
  app.kernel.ring();
}

/** A message as somebody sees it, whatever the messenger. */
export type Shown = {
  text: string;
  buttons: readonly { label: string; url?: string }[];
  image?: Uint8Array;
  file?: { name: string; bytes: Uint8Array };
};

/** Somebody with a messenger. */
export type Guest = {
  says(text: string): Promise<unknown>;
  /** Presses the button like this of the newest message that has one, `times` times at once. */
  presses(label: RegExp, times?: number): Promise<unknown>;
  /** A message that came or changed after what they did last, and fits. */
  gets(fits: RegExp): Promise<Shown>;
  sees(): readonly Shown[];
};

/** A shop with everybody in it on one messenger. */
export type ReachShop = {
  program: Program;
  olga: Guest;
  ben: Guest;
  guest(name: string, language: string): Guest;
  /** What the messenger had to refuse. */
  mistakes(): readonly unknown[];
  close(): Promise<void>;
};

const labelled = async <Message extends Shown>(who: string, all: () => readonly Message[], label: RegExp) =>
  until(`a button ${label} for ${who}, who sees ${all().at(-1)?.text}`, () =>
    [...all()]
      .reverse()
      .flatMap((message) => message.buttons.filter((one) => label.test(one.label)).map((one) => ({ message, label: one.label })))
      .at(0),
  );

function telegramGuest(person: TelegramPerson): Guest {
  return {
    says: (text) => person.says(text),
    async presses(label, times = 1) {
      const { message, label: found } = await labelled(person.user.first_name, () => person.messages(), label);
      await Promise.all(Array.from({ length: times }, () => person.presses(message, found)));
    },
    gets: (fits) => person.gets(fits),
    sees: () => person.messages(),
  };
}

export const onTelegramOnly = (shop: TelegramShop): ReachShop => ({
  ...{ program: shop.program, close: shop.close, mistakes: () => shop.telegram.mistakes },
  olga: telegramGuest(shop.olga),
  ben: telegramGuest(shop.ben),
  guest: (name, language_code) =>
    telegramGuest(shop.telegram.person({ id: 3000 + shop.telegram.accepted.length, name, language_code })),
});

function slackGuest(person: SlackPerson): Guest {
  const stateOf = ({ ts, edited }: { ts: string; edited: number }): string => `${ts} ${edited}`;
  let before = new Set<string>();
  const acts = (): void => {
    before = new Set(person.sees().map(stateOf));
  };
  return {
    says: async (text) => {
      acts();
      await person.says(text);
    },
    async presses(label, times = 1) {
      const { message, label: found } = await labelled(person.name, () => person.sees(), label);
      acts();
      await Promise.all(Array.from({ length: times }, () => person.presses(message, found)));
    },
    gets: (fits) =>
      until(`${fits} for ${person.name}, who sees ${person.sees().at(-1)?.text}`, () =>
        person.sees().findLast((seen) => fits.test(seen.text) && !before.has(stateOf(seen))),
      ),
    sees: () => person.sees(),
  };
}

export const onSlackOnly = (shop: SlackShop): ReachShop => ({
  ...{ program: shop.program, close: shop.close, mistakes: () => [...shop.slack.refusals, ...shop.slack.wrongAcks] },
  olga: slackGuest(shop.olga),
  ben: slackGuest(shop.ben),
  guest: (name, language) =>
    slackGuest(shop.slack.person(name, `${language}-${language === 'en' ? 'US' : language.toUpperCase()}`)),
});
