import type { Answers, Ask, Command, Scene } from '../../chat/command.ts';
import type { Button, View } from '../../chat/view.ts';
import { commandKey } from '../../chat/words.ts';
import type { Context } from '../../program/context.ts';
import { comingBroadcasts } from '../../program/journeys/coming-broadcasts.ts';
import { skipUpcoming } from '../../program/journeys/skip-upcoming.ts';
import { type Coming, upcomingDays, upcomingJourneys, upcomingOf } from '../../program/journeys/upcoming.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { chosen } from '../choice.ts';
import { foundIn, inRows, journeyChoices, journeyName } from './which.ts';

const pageSize = 6;
const labelMax = 40;
/** What a button can carry (Telegram: 64 bytes). */
const bytesMax = 64;

/** Of which journey, and which page of it: `expiring 2`. */
const subject: Ask = {
  name: 'which',
  optional: true,
  field: () => undefined,
  read: (typed, _ctx, scene) => {
    const [, name = '', page] = /^(.*?)(?:\s+(\d{1,6}))?$/.exec(typed.trim()) ?? [];
    const key = chosen(name, journeyChoices(scene));
    if (key === undefined) throw new Refusal('journey.unknown');
    return page === undefined ? key : `${key} ${page}`;
  },
  question: (_ctx, _answers, { say }) => ({ body: say('journeys:which') }),
};

async function everything(ctx: Context, scene: Scene): Promise<View> {
  const { say, shop } = scene;
  const { db, now } = ctx;
  const [found, broadcasts] = await Promise.all([
    upcomingJourneys(db, now, shop.timeZone),
    comingBroadcasts(db, now, upcomingDays),
  ]);
  const line = ({ count, at }: { count: number; at: Date }): string =>
    [...(count > 0 ? [say('journeys:coming.count', { count })] : []), say('journeys:coming.first', { at })].join(' · ');
  return {
    title: say(commandKey('report_upcoming', 'title')),
    body: say(found.length + broadcasts.length === 0 ? 'journeys:coming.nothing' : 'journeys:coming.about', {
      count: upcomingDays,
    }),
    facts: [
      ...broadcasts.map((one) => [one.name, line(one)] as const),
      ...found.map((one) => [journeyName(one.key ?? one.name, scene), line(one)] as const),
    ],
    buttons: [
      ...inRows(
        found.map(({ key, name }) => ({ label: journeyName(key ?? name, scene), does: `/report upcoming ${key}` })),
        2,
      ),
      [button(scene, 'journeys')],
    ],
    show: 'privately',
  };
}

function skipButton(key: string, { memberId, period, name, at }: Coming, { say }: Scene): Button[] {
  const does = `/report skip ${key} ${memberId} ${period}`.trim();
  const label = say('journeys:coming.skip', { name, at });
  return Buffer.byteLength(does) > bytesMax ? [] : [{ label: [...label].slice(0, labelMax).join(''), does }];
}

async function ofJourney(ctx: Context, answers: Answers, scene: Scene): Promise<View> {
  const { say, shop } = scene;
  const [which = '', page = '1'] = (answers.which ?? '').split(' ');
  const { journey } = await foundIn(ctx, { which });
  const number = Math.max(1, Number(page));
  const { count, rows } = await upcomingOf(ctx.db, journey, {
    now: ctx.now,
    timeZone: shop.timeZone,
    page: number - 1,
    size: pageSize,
  });
  const to = (label: string, other: number): Button => ({ label: say(label), does: `/report upcoming ${journey.key} ${other}` });
  return {
    title: journeyName(journey.key, scene),
    body: count === 0 ? say('journeys:coming.nothing', { count: upcomingDays }) : say('journeys:coming.these', { count }),
    facts: rows.map(
      ({ name, at, delivery }) =>
        [name || '—', say(delivery === null ? 'journeys:coming.foreseen' : 'journeys:coming.planned', { at })] as const,
    ),
    buttons: [
      ...rows.map((row) => skipButton(journey.key, row, scene)),
      [
        ...(number > 1 ? [to('control:report.back', number - 1)] : []),
        ...(count > number * pageSize ? [to('control:report.more', number + 1)] : []),
      ],
      [
        { label: say('journeys:button.back'), does: `/journeys ${journey.key}` },
        { label: say('journeys:coming.all'), does: '/report upcoming' },
      ],
    ].filter((row) => row.length > 0),
    show: 'privately',
  };
}

/** What is about to be sent in the next seven days, before it goes: everything in a line each, or the messages of one journey, each to be left out. */
export const reportUpcoming: Command = {
  name: 'report upcoming',
  for: 'owner',
  reads: true,
  asks: [subject],
  run: async (ctx, answers, scene) => (answers.which === undefined ? everything(ctx, scene) : ofJourney(ctx, answers, scene)),
};

const skipped = /^(\S+) (\d{1,9})(?: (\S+))?$/;

/** Leaves one message out: `report skip expiring 12 1966982400:7`. */
export const reportSkip: Command = {
  name: 'report skip',
  for: 'owner',
  hidden: true,
  asks: [
    {
      name: 'message',
      field: ({ say }) => ({ label: say('journeys:coming.which') }),
      takes: /^.+/,
      read: (typed) => {
        if (!skipped.test(typed.trim())) throw new Refusal('journey.unknown');
        return typed.trim();
      },
      question: (_ctx, _answers, scene) => ({
        body: scene.say('journeys:coming.which'),
        buttons: [[button(scene, 'report upcoming')]],
      }),
    },
  ],
  run: async (ctx, answers, { say }) => {
    const [, key = '', member, period = ''] = skipped.exec(answers.message ?? '') ?? [];
    const { name } = await skipUpcoming(ctx, { key, memberId: Number(member), period });
    return {
      body: say('journeys:coming.skipped', { name }),
      buttons: [[{ label: say('journeys:button.coming'), does: `/report upcoming ${key}` }]],
      show: 'privately',
    };
  },
};
