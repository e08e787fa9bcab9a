import { businessDay } from '../calendar.ts';
import { actorId, type Context } from '../context.ts';
import type { Limits, Rules } from '../rules/rules.ts';

export const limitNames = ['entryMinor', 'memberDay', 'staffDay', 'refundDayMinor'] as const;

/** Which limit: of one entry and of refunds in minor units, of points otherwise. */
export type LimitName = (typeof limitNames)[number];

export const limitLevels = ['soft', 'approval', 'hard'] as const;

/** What the database holds somebody to: the limits of both roles (theirs is read there), and the business day around now. */
type LimitTerms = { staff: Limits; owner: Limits; day: string; dayFrom: Date; dayUntil: Date };

// A business day is the same for every sale in it, and finding its ends takes longer than pricing a sale.
let lately: { timeZone: string; dayStartsAt: number; day: ReturnType<typeof businessDay> } | undefined;

function dayAround(now: Date, timeZone: string, dayStartsAt: number): ReturnType<typeof businessDay> {
  const known = lately?.timeZone === timeZone && lately.dayStartsAt === dayStartsAt ? lately.day : undefined;
  if (known && known.from <= now && now < known.until) return known;
  const day = businessDay(now, timeZone, dayStartsAt);
  lately = { timeZone, dayStartsAt, day };
  return day;
}

const termsAt = ({ limits, dayStartsAt }: Pick<Rules, 'limits' | 'dayStartsAt'>, now: Date, timeZone: string): LimitTerms => {
  const { day, from, until } = dayAround(now, timeZone, dayStartsAt);
  return { staff: limits.staff, owner: limits.owner, day, dayFrom: from, dayUntil: until };
};

/**
 * What `ledger_credit` takes as `limits`, when a person credits. The day is the program's own, whatever the shop's time zone is (semantics:
 * "every daily limit … uses it"): one person has one day.
 */
export const limitTerms = (ctx: Pick<Context, 'actor' | 'now'>, rules: Rules, timeZone: string): { limits?: LimitTerms } =>
  actorId(ctx.actor) === null ? {} : { limits: termsAt(rules, ctx.now, timeZone) };

/** The same for `ledger_refund`. For `correctionMinutes` after it, taking back one's own sale corrects it and is no refund. */
export const refundLimitTerms = (
  ctx: Pick<Context, 'actor' | 'now' | 'key'>,
  rules: Rules,
  timeZone: string,
  { saleId, correctionMinutes }: { saleId: number; correctionMinutes: number },
): { limits?: LimitTerms & { key: string; sale: number; correctionMinutes: number } } =>
  actorId(ctx.actor) === null
    ? {}
    : { limits: { ...termsAt(rules, ctx.now, timeZone), key: ctx.key.id, sale: saleId, correctionMinutes } };
