import { z } from 'zod';
import { amountCeilingMinor } from '../money.ts';
import {
  all,
  clock,
  date,
  flag,
  id,
  list,
  moment,
  oneOf,
  percent,
  picture,
  section,
  text,
  texts,
  timeZone,
  whole,
  yes,
} from './leaves.ts';
import { pointsCeiling } from './problem.ts';
import type { Bonus, Rules } from './rules.ts';

const points = whole(1, pointsCeiling);
const minor = whole(1, amountCeilingMinor);
const days = list(oneOf('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'), 7);
const ids = list(id);

const when = section({
  days: days.exactOptional(),
  hours: section({ from: clock, until: clock }).exactOptional(),
  from: date.exactOptional(),
  until: date.exactOptional(),
  minimumMinor: minor.exactOptional(),
  categories: ids.exactOptional(),
  tiers: ids.exactOptional(),
  shops: ids.exactOptional(),
  firstPurchase: yes.exactOptional(),
  birthday: section({ before: whole(0, 180), after: whole(0, 180) }).exactOptional(),
}).exactOptional();

const earn = z.discriminatedUnion('kind', [
  section({ id, kind: z.literal('money'), points, perMinor: minor, carry: flag.default(true), when }),
  section({ id, kind: z.literal('visit'), points, when }),
  section({ id, kind: z.literal('item'), points, categories: ids.exactOptional(), when }),
]);

const bonus = section({
  id,
  percent: percent(0.01, 10_000).exactOptional(),
  points: points.exactOptional(),
  categories: ids.exactOptional(),
  when,
  timesPerMember: whole(1, 1_000_000).exactOptional(),
  priority: whole(-1000, 1000).default(0),
  stack: flag.default(true),
})
  .refine((one) => (one.percent === undefined) !== (one.points === undefined), {
    path: ['points'],
    params: { code: 'problems:bonus.gives', min: 1 },
  })
  .refine((one) => one.points === undefined || one.categories === undefined, {
    path: ['categories'],
    params: { code: 'problems:bonus.categories' },
  }) as unknown as z.ZodType<Bonus>;

const expiry = z.discriminatedUnion('policy', [
  section({ policy: z.literal('never') }),
  section({
    policy: z.literal('months'),
    months: whole(1, 120),
    end: oneOf('day', 'month', 'quarter', 'year').default('day'),
  }),
  section({ policy: z.literal('inactivity'), months: whole(1, 120) }),
]);

const tier = section({
  id,
  name: text(40),
  from: whole(0, pointsCeiling),
  bonusPercent: percent(0, 10_000).exactOptional(),
  discountPercent: percent(0, 100).exactOptional(),
  earlyAccessDays: whole(1, 365).exactOptional(),
});

const rewardBase = { id, name: texts(60), about: texts(500).exactOptional(), cost: whole(0, 1_000_000_000_000) };
const rewardRest = {
  hidden: yes.exactOptional(),
  stock: whole(0, 1_000_000).exactOptional(),
  perMember: whole(1, 1_000_000).exactOptional(),
  tiers: ids.exactOptional(),
  from: date.exactOptional(),
  until: date.exactOptional(),
  validDays: whole(1, 3650),
  picture: picture.exactOptional(),
};
const reward = z.discriminatedUnion('kind', [
  section({ ...rewardBase, kind: z.literal('money'), amountMinor: minor, ...rewardRest }),
  section({
    ...rewardBase,
    kind: z.literal('percent'),
    percent: percent(0.01, 100),
    upToMinor: minor.exactOptional(),
    ...rewardRest,
  }),
  section({ ...rewardBase, kind: z.literal('item'), item: text(60), ...rewardRest }),
  section({ ...rewardBase, kind: z.literal('gift_card'), amountMinor: minor, ...rewardRest }),
  section({ ...rewardBase, kind: z.literal('privilege'), ...rewardRest }),
  section({
    ...rewardBase,
    kind: z.literal('event'),
    at: moment,
    places: whole(1, 1_000_000),
    place: text(200).exactOptional(),
    ...rewardRest,
  }),
]);

const stampFor = z.discriminatedUnion('kind', [
  section({ kind: z.literal('purchase'), minimumMinor: minor.exactOptional() }),
  section({ kind: z.literal('item'), categories: ids }),
]);

const withinDays = whole(1, 3650);
const discountBase = { id, percent: percent(0.01, 100), minimumMinor: minor.exactOptional(), shops: ids.exactOptional() };
const discount = z.discriminatedUnion('kind', [
  section({ ...discountBase, kind: z.literal('nth'), every: whole(2, 1000), withinDays: withinDays.exactOptional() }),
  section({ ...discountBase, kind: z.literal('regular'), purchases: whole(1, 1000), withinDays }),
]);

const limit = section({
  soft: points.exactOptional(),
  approval: points.exactOptional(),
  hard: points.exactOptional(),
}).exactOptional();
const limits = section({ entryMinor: limit, memberDay: limit, staffDay: limit, refundDayMinor: limit });

const shop = section({
  id,
  name: text(60),
  address: text(200).exactOptional(),
  timeZone: timeZone.exactOptional(),
  hours: list(section({ days, from: clock, until: clock })).exactOptional(),
});

// Shorter than a month, a week's cap and a journey's once could not be told any more.
const keptDays = whole(30, 3650);
const contact = section({
  perWeek: whole(0, 50).exactOptional(),
  quiet: section({ from: clock, until: clock }).exactOptional(),
  approveAbove: section({
    coupons: points.exactOptional(),
    points: points.exactOptional(),
    minor: minor.exactOptional(),
  }).exactOptional(),
  keep: section({ messagesDays: keptDays.exactOptional(), campaignsDays: keptDays.exactOptional() }).exactOptional(),
});

const document = section({
  joining: oneOf('open', 'invited').default('open'),
  welcome: whole(0, pointsCeiling).default(0),
  earn: z.array(earn).max(200),
  bonuses: all(bonus),
  caps: section({ purchase: points.exactOptional(), day: points.exactOptional(), member: points.exactOptional() }).default({}),
  pendingDays: whole(0, 365).default(0),
  expiry: expiry.default({ policy: 'never' }),
  warnDays: z.array(whole(1, 365)).max(10).default([30, 7, 1]),
  debtLimit: whole(0, pointsCeiling).exactOptional(),
  pay: section({
    points,
    worthMinor: minor,
    sharePercent: percent(0.01, 100).default(10_000),
    earnOn: oneOf('paid', 'bill').default('paid'),
  }).exactOptional(),
  tiers: section({
    by: oneOf('points', 'money'),
    windowMonths: whole(1, 120).default(12),
    graceDays: whole(0, 365).default(0),
    warnDays: whole(0, 365).default(30),
    levels: list(tier, 6),
  }).exactOptional(),
  rewards: all(reward),
  stamps: all(section({ id, name: texts(60), of: whole(2, 50), per: stampFor, reward: id })),
  birthday: section({ reward: id }).exactOptional(),
  discounts: all(discount),
  limits: section({ staff: limits.default({}), owner: limits.default({}) }).default({ staff: {}, owner: {} }),
  shops: all(shop),
  categories: all(section({ id, name: texts(60) })),
  dayStartsAt: whole(0, 23).default(0),
  contact: contact.exactOptional(),
});

/** The program's document in the order in which it is written: every value by itself. What the values mean together is `checkRules`. */
export const rulesSchema: z.ZodType<Rules> = document;

/** The sections of the document, in their order. */
export const sections = Object.keys(document.shape) as (keyof Rules)[];
