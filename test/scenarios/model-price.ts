import { Temporal } from 'temporal-polyfill';
import type { Rules, When } from '../../src/program/rules/rules.ts';
import { Fraction } from './fraction.ts';

/** A purchase of the model, with what its member was just before it. */
export type ModelSale = {
  receipt: string;
  at: Date;
  /** What money paid. */
  paidMinor: number;
  items: { category: string; pieces: number }[];
  shop: string | null;
  rules: Rules;
  before: { purchases: number; tier: string | null; birthday: string | null; used: Record<string, number> };
};

const names = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** The wall clock and the business day, told by the calendar library alone. */
export function wall(at: Date, timeZone: string, dayStartsAt: number) {
  const clock = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDateTime();
  const day = clock.subtract({ hours: dayStartsAt }).toPlainDate();
  return { clock: clock.toPlainTime(), day, weekday: names[day.dayOfWeek - 1] ?? 'mon' };
}

function holds(when: When | undefined, sale: ModelSale, leftMinor: number, timeZone: string): boolean {
  const { before, items, rules } = sale;
  const zone = rules.shops.find(({ id }) => id === sale.shop)?.timeZone ?? timeZone;
  const { clock, day, weekday } = wall(sale.at, zone, rules.dayStartsAt);
  const { days, hours, from, until, minimumMinor, categories, tiers, shops, firstPurchase, birthday } = when ?? {};
  const now = clock.toString().slice(0, 5);
  if (days && !days.includes(weekday)) return false;
  if (hours && hours.from <= hours.until && !(hours.from <= now && now < hours.until)) return false;
  if (hours && hours.from > hours.until && now < hours.from && now >= hours.until) return false;
  if (from && Temporal.PlainDate.compare(day, from) < 0) return false;
  if (until && Temporal.PlainDate.compare(day, until) > 0) return false;
  if (minimumMinor !== undefined && leftMinor < minimumMinor) return false;
  if (categories && !items.some(({ category }) => categories.includes(category))) return false;
  if (tiers && !tiers.some((tier) => tier === before.tier)) return false;
  if (shops && !shops.some((shop) => shop === sale.shop)) return false;
  if (firstPurchase && before.purchases > 0) return false;
  if (birthday && !isNear(before.birthday, day, birthday)) return false;
  return true;
}

function isNear(birthday: string | null, day: Temporal.PlainDate, around: { before: number; after: number }): boolean {
  if (birthday === null) return false;
  const [month = 1, date = 1] = birthday.split('-').map(Number);
  // A year around: the day itself, or the last day of its month.
  return [-1, 0, 1].some((years) => {
    const party = Temporal.PlainDate.from({ year: day.year + years, month, day: date }, { overflow: 'constrain' });
    const after = party.until(day).days;
    return after >= -around.before && after <= around.after;
  });
}

const piecesIn = (sale: ModelSale, categories?: string[]): number =>
  sale.items.filter(({ category }) => !categories || categories.includes(category)).reduce((sum, { pieces }) => sum + pieces, 0);

/** What is left of a purchase is worth, exactly, and which rule and bonuses say so. */
export function worth(
  sale: ModelSale,
  leftMinor: number,
  timeZone: string,
): { rule: string; points: Fraction; carry: boolean; bonuses: string[] } {
  const { rules, before } = sale;
  const nothing = { rule: rules.earn[0]?.id ?? '', points: Fraction.of(0), carry: false, bonuses: [] };
  if (leftMinor === 0 && sale.paidMinor > 0) return nothing;
  const share = sale.paidMinor === 0 ? Fraction.of(1) : Fraction.of(leftMinor, sale.paidMinor);
  const offers = rules.earn
    .filter((rule) => holds(rule.when, sale, leftMinor, timeZone))
    .map((rule) => ({
      rule,
      points:
        rule.kind === 'money'
          ? Fraction.of(leftMinor * rule.points, rule.perMinor)
          : rule.kind === 'visit'
            ? Fraction.of(rule.points)
            : share.times(Fraction.of(rule.points * piecesIn(sale, rule.categories))),
    }));
  const best = offers.reduce<(typeof offers)[number] | undefined>(
    (one, other) => (one && !other.points.above(one.points) ? one : other),
    undefined,
  );
  if (!best) return nothing;
  let points = best.points;
  const bonuses: string[] = [];
  const level = rules.tiers?.levels.find(({ id }) => id === before.tier);
  if (level?.bonusPercent) points = points.plus(best.points.times(Fraction.of(level.bonusPercent, 10_000)));
  for (const bonus of [...rules.bonuses].sort((a, b) => b.priority - a.priority)) {
    if (!holds(bonus.when, sale, leftMinor, timeZone)) continue;
    if (bonus.timesPerMember !== undefined && (before.used[bonus.id] ?? 0) >= bonus.timesPerMember) continue;
    const part =
      'percent' in bonus && bonus.categories
        ? Fraction.of(piecesIn(sale, bonus.categories), Math.max(1, piecesIn(sale)))
        : Fraction.of(1);
    const extra =
      'points' in bonus ? Fraction.of(bonus.points) : best.points.times(Fraction.of(bonus.percent, 10_000)).times(part);
    if (!extra.above(Fraction.of(0))) continue;
    points = points.plus(extra);
    bonuses.push(bonus.id);
    if (!bonus.stack) break;
  }
  return { rule: best.rule.id, points, carry: best.rule.kind === 'money' && best.rule.carry, bonuses };
}
