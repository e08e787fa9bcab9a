import { Temporal } from 'temporal-polyfill';
import { dayBegins, localTime } from '../calendar.ts';
import type { Reward, Rules } from '../rules/rules.ts';
import { opensAt, piecesOf } from './opening.ts';

type Kept<Each> = Each extends Reward ? Omit<Each, 'hidden' | 'perMember' | 'tiers' | 'from' | 'until' | 'validDays'> : never;

/**
 * What a coupon keeps of its reward, as it was when the coupon was issued: names, kind, amounts, price. `until`: a moment of the last day on
 * which it is good, for showing. `stock` is there when pieces are limited.
 */
export type CouponTerms = Kept<Reward> & { until: string };

/**
 * The last business day of a coupon issued at `at`, and the moment after it: so many whole days after the day of issue. A ticket is good until the end of
 * the day of its event.
 */
function endsOf(reward: Reward, at: Date, { dayStartsAt }: Pick<Rules, 'dayStartsAt'>, timeZone: string): Date {
  const event = reward.kind === 'event' ? new Date(reward.at) : at;
  const last = Temporal.PlainDate.from(localTime(event > at ? event : at, timeZone, dayStartsAt).day);
  const days = reward.kind === 'event' ? 1 : reward.validDays + 1;
  return dayBegins(last.add({ days }).toString(), timeZone, dayStartsAt);
}

/** What the database's coupon_issue takes for a reward: its terms, and `expiresAt`. JSON. */
export function couponTerms(
  reward: Reward,
  at: Date,
  rules: Pick<Rules, 'dayStartsAt'>,
  timeZone: string,
): CouponTerms & { expiresAt: string } {
  const { hidden, perMember, tiers, from, until, validDays, ...kept } = reward;
  const ends = endsOf(reward, at, rules, timeZone);
  const pieces = piecesOf(reward);
  return {
    ...kept,
    ...(pieces === null ? {} : { stock: pieces }),
    expiresAt: ends.toISOString(),
    until: new Date(ends.getTime() - rules.dayStartsAt * 3_600_000 - 1).toISOString(),
  };
}

/** What is asked of a member who redeems, under the wallet's lock. `agreed`: the price that was shown to them. JSON. */
export function redeemHolds(
  reward: Reward,
  { agreed, closes }: { agreed: number; closes: Date | null },
  rules: Rules,
  timeZone: string,
): Record<string, unknown> {
  const opens = opensAt(reward, null, rules, timeZone);
  const early = rules.tiers?.levels.filter(({ earlyAccessDays }) => earlyAccessDays) ?? [];
  const names = rules.tiers?.levels.filter(({ id }) => reward.tiers?.includes(id)).map(({ name }) => name);
  return {
    agreed,
    limit: piecesOf(reward),
    ...(reward.perMember === undefined ? {} : { perMember: reward.perMember }),
    ...(reward.tiers ? { tiers: reward.tiers, tierNames: names?.join(', ') ?? '' } : {}),
    ...(opens ? { opens } : {}),
    ...(opens && early.length > 0
      ? { opensFor: Object.fromEntries(early.map(({ id }) => [id, opensAt(reward, id, rules, timeZone)])) }
      : {}),
    ...(closes ? { closes } : {}),
  };
}
