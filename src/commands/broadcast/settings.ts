import type { Scene } from '../../chat/command.ts';
import { topics } from '../../program/attention/topics.ts';
import { audienceOf } from '../../program/campaigns/audience.ts';
import { nameMax, windowDaysMax } from '../../program/campaigns/check-patch.ts';
import { Refusal } from '../../program/refusal.ts';
import type { Choice } from '../choice.ts';
import { readDayEnd } from './hours.ts';
import { momentOf } from './moment.ts';
import { oneOf, type Part, wholeIn } from './part.ts';
import { mostStarsOf, onTelegram } from './price.ts';

const said = ({ say }: Pick<Scene, 'say'>, part: string, ...values: string[]): Choice[] =>
  values.map((value) => ({ value, label: say(`broadcast:${part}.${value}`) }));

const days = ({ say }: Pick<Scene, 'say'>, ...counts: number[]): Choice[] =>
  counts.map((count) => ({ value: String(count), label: say('broadcast:days', { count }) }));

/** What may be sent as a broadcast: reminders are about somebody's own points and coupons. */
const kinds = topics.filter((topic) => topic !== 'reminders');

/** What the broadcast is called among the others; customers never see it. */
export const namePart: Part = {
  name: 'name',
  text: ({ scene, draft }) => scene.say('broadcast:ask.name', { name: draft.name, max: nameMax }),
  read: (typed) => typed,
  change: (name) => ({ name }),
};

/** Which kind of messages it is: what one press under it silences. */
export const kindPart: Part = {
  name: 'kind',
  text: ({ scene }) => scene.say('broadcast:ask.kind'),
  choices: ({ scene }) => said(scene, 'topic', ...kinds),
  read: (typed) => oneOf(typed, ...kinds),
  change: (kind) => ({ topic: oneOf(kind, ...kinds) }),
};

/** How many percent of the people it does not go to, so that it can be seen what it brings. */
export const controlPart: Part = {
  name: 'control',
  text: ({ scene }) => scene.say('broadcast:ask.control'),
  choices: ({ scene }) => [
    { value: '0', label: scene.say('broadcast:control_none') },
    ...['5', '10', '20'].map((value) => ({ value, label: `${value} %` })),
  ],
  read: (typed) => String(wholeIn(typed, 0, 90)),
  change: (percent) => ({ controlPercent: Number(percent) }),
};

/** What happens to a message when nobody knows whether it arrived. */
export const unknownPart: Part = {
  name: 'unknown',
  text: ({ scene }) => scene.say('broadcast:ask.unknown'),
  choices: ({ scene }) => said(scene, 'unknown', 'skip', 'resend'),
  read: (typed) => oneOf(typed, 'skip', 'resend'),
  change: (policy) => ({ resend: policy === 'resend' }),
};

/** Whether Telegram is paid to take it faster. The price is said before it can be chosen. */
export const paidPart: Part = {
  name: 'paid',
  text: async ({ ctx, scene, draft }) => {
    const audience = await audienceOf(ctx.db, draft, momentOf(ctx, scene));
    if (onTelegram(audience) === 0 && !draft.paid) throw new Refusal('broadcast.no_telegram');
    const price = scene.say('broadcast:paid.price', { count: mostStarsOf(audience), people: onTelegram(audience) });
    return [scene.say('broadcast:ask.paid'), price].join('\n\n');
  },
  choices: ({ scene }) => said(scene, 'paid', 'no', 'yes'),
  read: (typed) => oneOf(typed, 'no', 'yes'),
  change: (paid) => ({ paid: paid === 'yes' }),
};

/** For how many days what people buy is compared afterwards. */
export const windowPart: Part = {
  name: 'window',
  text: ({ scene }) => scene.say('broadcast:ask.window'),
  choices: ({ scene }) => days(scene, 7, 14, 30),
  read: (typed) => String(wholeIn(typed, 1, windowDaysMax)),
  change: (count) => ({ windowDays: Number(count) }),
};

/** The last day on which what it offers can be claimed. */
export const endsPart: Part = {
  name: 'ends',
  text: ({ scene }) => scene.say('broadcast:ask.ends'),
  choices: ({ scene }) => [{ value: 'none', label: scene.say('broadcast:no_end') }, ...days(scene, 3, 7, 14, 30)],
  read: (typed, { ctx, scene }) => (typed.toLowerCase() === 'none' ? 'none' : readDayEnd(typed, ctx.now, scene)),
  change: (day) => ({ endsAt: day === 'none' ? null : new Date(day) }),
};
