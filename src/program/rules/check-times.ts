import { conditionsOf } from './places.ts';
import type { Path, Problem } from './problem.ts';
import type { Bonus, Rules, When } from './rules.ts';

type Dates = { from?: string; until?: string };
type Hours = { from: string; until: string };

const dates = ({ from, until }: Dates, path: Path): Problem[] =>
  from !== undefined && until !== undefined && until < from
    ? [{ path: [...path, 'until'], code: 'problems:dates', params: { from, until } }]
    : [];

const hours = ({ from, until }: Hours, path: Path): Problem[] =>
  from === until ? [{ path: [...path, 'until'], code: 'problems:hours', params: { from, until } }] : [];

const twice = (days: readonly string[], path: Path): Problem[] =>
  days.flatMap((value, at) =>
    days.indexOf(value) < at ? [{ path: [...path, at], code: 'problems:list_twice', params: { value } }] : [],
  );

/** Dates that end before they begin, hours without length, days named twice. Dates that are over are right: rules stay when an event is past. */
export function times(rules: Rules): Problem[] {
  return [
    ...conditionsOf(rules).flatMap(({ when, path }) => [
      ...dates(when, path),
      ...(when.hours ? hours(when.hours, [...path, 'hours']) : []),
      ...(when.days ? twice(when.days, [...path, 'days']) : []),
    ]),
    ...rules.rewards.flatMap((reward, at) => dates(reward, ['rewards', at])),
    ...rules.shops.flatMap((shop, at) =>
      (shop.hours ?? []).flatMap((open, place) => {
        const path = ['shops', at, 'hours', place];
        return [...hours(open, path), ...twice(open.days, [...path, 'days'])];
      }),
    ),
  ];
}

const apart = (one: readonly string[] | undefined, other: readonly string[] | undefined): boolean =>
  one !== undefined && other !== undefined && !one.some((each) => other.includes(each));

const before = (one: Dates, other: Dates): boolean =>
  one.until !== undefined && other.from !== undefined && one.until < other.from;

// Over midnight: from the hour to the end of the day, and from its beginning to the other hour.
const spans = ({ from, until }: Hours): Hours[] =>
  from < until
    ? [{ from, until }]
    : [
        { from, until: '24:00' },
        { from: '00:00', until },
      ];

const hoursApart = (one: Hours | undefined, other: Hours | undefined): boolean =>
  one !== undefined &&
  other !== undefined &&
  !spans(one).some((a) => spans(other).some((b) => a.from < b.until && b.from < a.until));

/** Whether no purchase can ever meet both conditions. A purchase may have things of several categories, and be above every minimum. */
const neverBoth = (one: When = {}, other: When = {}): boolean =>
  apart(one.days, other.days) ||
  apart(one.shops, other.shops) ||
  apart(one.tiers, other.tiers) ||
  before(one, other) ||
  before(other, one) ||
  hoursApart(one.hours, other.hours);

const clash = (one: Bonus, other: Bonus): boolean =>
  one.priority === other.priority && !(one.stack && other.stack) && !neverBoth(one.when, other.when);

/** Bonuses of equal priority that can count at once and don't stack: nobody could say which of them counts. */
export const overlaps = ({ bonuses }: Rules): Problem[] =>
  bonuses.flatMap((bonus, at) => {
    const other = bonuses.slice(0, at).find((earlier) => clash(earlier, bonus));
    return other
      ? [
          {
            path: ['bonuses', at],
            code: 'problems:bonuses_overlap',
            params: { id: bonus.id, other: other.id, priority: bonus.priority },
          },
        ]
      : [];
  });
