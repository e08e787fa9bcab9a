import type { Ask, Command, Scene } from '../../chat/command.ts';
import { choicesOf, setQuiet, setTimeZone } from '../../program/attention/choices.ts';
import { contactOf } from '../../program/attention/contact.ts';
import { type Quiet, readQuiet } from '../../program/attention/quiet-hours.ts';
import { cityOf, clockIn, readTimeZone, zonesNear } from '../../program/attention/time-zones.ts';
import { button } from '../buttons.ts';
import { ownId } from './topic-choice.ts';

/** The answer that takes back what somebody has set: as it is at the shop. */
const asShop = 'shop';

const offered: readonly Quiet[] = [
  { from: '20:00', until: '10:00' },
  { from: '22:00', until: '08:00' },
  { from: '23:00', until: '07:00' },
];

const written = ({ from, until }: Quiet): string => `${from}-${until}`;
const saysShop = (typed: string, { say }: Scene): boolean =>
  [asShop, say('settings:as_shop').toLowerCase()].includes(typed.normalize('NFKC').trim().toLowerCase());
const cancel = ({ say }: Scene) => ({ label: say('chat:cancel'), does: 'cancel' });
const hours = (quiet: Quiet, { say }: Scene): string => say('settings:hours', { ...quiet });

const quietAsk: Ask = {
  name: 'hours',
  takes: /^[\s\S]+/,
  field: ({ say }) => ({ label: say('settings:quiet.label') }),
  read: (typed, _ctx, scene) => (saysShop(typed, scene) ? asShop : written(readQuiet(typed))),
  question: async (ctx, _answers, scene, answer) => {
    const { say, program } = scene;
    const { quiet } = await choicesOf(ctx, ownId(scene));
    const shops = contactOf(program.rules).quiet;
    return {
      body: say('settings:quiet.question', { hours: hours(quiet ?? shops, scene) }),
      buttons: [
        ...offered.map((one) => [{ label: hours(one, scene), does: answer(written(one)) }]),
        ...(quiet ? [[{ label: say('settings:quiet.as_shop', { hours: hours(shops, scene) }), does: answer(asShop) }]] : []),
        [cancel(scene)],
      ],
      footer: say('settings:quiet.hint'),
      show: 'privately',
    };
  },
};

/** When nothing is sent to somebody: their own hours in place of the shop's. */
export const settingsQuiet: Command = {
  name: 'settings quiet',
  for: 'member',
  hidden: true,
  asks: [quietAsk],
  run: async (ctx, answers, scene) => {
    const quiet = answers.hours === asShop ? null : readQuiet(answers.hours ?? '');
    await setQuiet(ctx, { personId: ownId(scene), quiet });
    const shown = hours(quiet ?? contactOf(scene.program.rules).quiet, scene);
    return {
      body: scene.say('settings:quiet.done', { hours: shown }),
      buttons: [[button(scene, 'settings'), button(scene, 'settings zone')]],
      show: 'privately',
    };
  },
};

const zoneAsk: Ask = {
  name: 'zone',
  takes: /^[\s\S]+/,
  field: ({ say }) => ({ label: say('settings:zone.label') }),
  read: (typed, _ctx, scene) => (saysShop(typed, scene) ? asShop : readTimeZone(typed)),
  question: async (ctx, _answers, scene, answer) => {
    const { say, shop } = scene;
    const { timeZone } = await choicesOf(ctx, ownId(scene));
    const shown = (zone: string): string => say('settings:zone.at', { city: cityOf(zone), time: clockIn(zone, ctx.now) });
    const zones = zonesNear(shop.timeZone, ctx.now).map((zone) => ({ label: shown(zone), does: answer(zone) }));
    return {
      body: say('settings:zone.question', { place: shown(timeZone ?? shop.timeZone) }),
      buttons: [
        ...zones.flatMap((_, at) => (at % 2 === 0 ? [zones.slice(at, at + 2)] : [])),
        ...(timeZone ? [[{ label: say('settings:as_shop'), does: answer(asShop) }]] : []),
        [cancel(scene)],
      ],
      footer: say('settings:zone.hint'),
      show: 'privately',
    };
  },
};

/** Where somebody is, for the hours at which they are written to. */
export const settingsZone: Command = {
  name: 'settings zone',
  for: 'member',
  hidden: true,
  asks: [zoneAsk],
  run: async (ctx, answers, scene) => {
    const { say, shop } = scene;
    const timeZone = answers.zone === asShop ? null : readTimeZone(answers.zone ?? '');
    await setTimeZone(ctx, { personId: ownId(scene), timeZone });
    const zone = timeZone ?? shop.timeZone;
    return {
      body: say('settings:zone.done', { city: cityOf(zone), time: clockIn(zone, ctx.now) }),
      buttons: [[button(scene, 'settings'), button(scene, 'settings quiet')]],
      show: 'privately',
    };
  },
};
