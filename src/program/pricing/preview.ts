import type { Context, Statement } from '../context.ts';
import type { Program } from '../rules/rules.ts';
import { asksForMember, factsOf } from './facts.ts';
import { pointsOf } from './points-of.ts';
import { type MemberFacts, noFacts } from './purchase.ts';
import { type Bill, type Quote, quote, saleTerms } from './sale-terms.ts';

/**
 * A credit as it would be made now, and what the member is for it. `points` with what is carried and within the caps; `capped`: the caps took
 * some. `releaseAt`: until then they wait.
 */
export type Preview = Quote & { member: MemberFacts; points: number; capped: boolean; releaseAt: Date | null };

type Caps = { purchase?: number; day?: number; member?: number; dayFrom?: Date; dayUntil?: Date };

const statement: Statement = {
  name: 'credit_preview',
  text: `SELECT coalesce(c.numerator, 0) AS carried, coalesce(c.denominator, 1) AS per,
      CASE WHEN $3::timestamptz IS NOT NULL THEN (SELECT coalesce(sum(s.points - coalesce(b.back, 0)), 0)::bigint FROM sale s
        LEFT JOIN LATERAL (SELECT sum(points_back) AS back FROM refund WHERE sale_id = s.id) b ON true
        WHERE s.member_id = m.id AND s.at >= $3 AND s.at < $4) END AS "ofDay",
      CASE WHEN $5 THEN (SELECT coalesce(sum(s.points - coalesce(b.back, 0)), 0)::bigint FROM sale s
        LEFT JOIN LATERAL (SELECT sum(points_back) AS back FROM refund WHERE sale_id = s.id) b ON true WHERE s.member_id = m.id) END AS "ofAll"
    FROM member m LEFT JOIN carry c ON c.member_id = m.id AND c.rule = $2 WHERE m.code = $1`,
};

/** What crediting a bill to a member (by code) would give at this moment. The ledger computes the same under the wallet's lock. */
export async function previewCredit(
  ctx: Pick<Context, 'db' | 'now'>,
  member: string,
  bill: Bill,
  program: Program,
  timeZone: string,
): Promise<Preview> {
  const facts = program.rules.tiers || asksForMember(program.rules) ? await factsOf(ctx, member, program.rules) : null;
  const quoted = quote(program.rules, bill, facts, timeZone);
  const { caps = {}, releaseAt } = saleTerms(program, bill, facts, timeZone) as { caps?: Caps; releaseAt?: Date };
  const [row] = await ctx.db.run<{ carried: number; per: number; ofDay: number | null; ofAll: number | null }>(statement, [
    member,
    quoted.price.rule,
    caps.dayFrom ?? null,
    caps.dayUntil ?? null,
    caps.member !== undefined,
  ]);
  const { carried, per, ofDay, ofAll } = row ?? { carried: 0, per: 1, ofDay: 0, ofAll: 0 };
  const room = Math.min(
    caps.purchase ?? Number.POSITIVE_INFINITY,
    (caps.day ?? Number.POSITIVE_INFINITY) - (ofDay ?? 0),
    (caps.member ?? Number.POSITIVE_INFINITY) - (ofAll ?? 0),
  );
  const most = room === Number.POSITIVE_INFINITY ? undefined : BigInt(Math.max(room, 0)) * quoted.price.per;
  const capped = most !== undefined && quoted.price.value > most;
  const price = capped ? { ...quoted.price, value: most } : quoted.price;
  const points = pointsOf(price, { carried, per });
  const waits = points > 0 && releaseAt !== undefined;
  return { ...quoted, member: facts?.facts ?? noFacts, points, capped, releaseAt: waits ? releaseAt : null };
}
