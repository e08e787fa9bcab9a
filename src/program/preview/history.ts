import { Temporal } from 'temporal-polyfill';
import { Prisma } from '../../database/generated/client.ts';
import type { Tx } from '../once.ts';
import type { Rules, Tiers } from '../rules/rules.ts';
import { type Past, type PastSale, pastSale, type Row } from './past-sale.ts';

// A page is priced in one go: short enough that nobody who writes meanwhile waits for it.
const pageRows = 1_000;

/** The sales after `from` and until `until` that still stand, member by member, each member's in their order. Reads with a cursor of its own. */
export async function* salesBetween(tx: Tx, from: Date, until: Date): AsyncGenerator<PastSale[]> {
  await tx.$executeRaw(Prisma.sql`
    DECLARE preview_sales NO SCROLL CURSOR FOR
    SELECT json_build_array(s.member_id, (extract(epoch FROM s.at) * 1000)::bigint, s.amount_minor, s.discount_minor, s.paid_points_minor, s.refunded_minor,
      s.snapshot -> 'what', s.items, s.shop, (s.snapshot ->> 'carriedIn')::bigint, (s.snapshot ->> 'per')::bigint,
      coalesce(s.snapshot -> 'facts' ->> 'tier', t.tier), m.birthday)::text AS row
    FROM sale s JOIN member m ON m.id = s.member_id LEFT JOIN standing t ON t.member_id = s.member_id
    WHERE s.at > ${from} AND s.at <= ${until} AND s.undone_at IS NULL
    ORDER BY s.member_id, s.at, s.id`);
  const fetched = (): Promise<{ row: string }[]> => tx.$queryRawUnsafe(`FETCH ${pageRows} FROM preview_sales`);
  let coming = fetched();
  for (;;) {
    const rows = await coming;
    const last = rows.length < pageRows;
    if (!last) {
      // The database reads on while this page is priced. What goes wrong there is thrown when the page is asked for.
      coming = fetched();
      coming.catch(() => undefined);
    }
    if (rows.length > 0) yield rows.map(({ row }) => pastSale(JSON.parse(row) as Row));
    if (last) return;
  }
}

const none: Past = { purchases: 0, points: 0, times: [], used: {} };

/** What a member brought along from before. */
export type PastOf = (memberId: number) => Past;

/**
 * What members who bought between `from` and `until` brought along from before, as far as any of these rules asks: purchases and points so far,
 * when they bought, how often limited bonuses were given.
 */
export async function pastBefore(tx: Tx, from: Date, until: Date, all: readonly Rules[]): Promise<PastOf> {
  const windows = all.flatMap(({ discounts }) => discounts.flatMap(({ withinDays }) => withinDays ?? []));
  const limited = all.flatMap(({ bonuses }) => bonuses.flatMap((one) => (one.timesPerMember === undefined ? [] : [one.id])));
  const asked =
    all.some(
      ({ caps, discounts, earn, bonuses }) =>
        caps.member !== undefined || discounts.length > 0 || [...earn, ...bonuses].some(({ when }) => when?.firstPurchase),
    ) || limited.length > 0;
  if (!asked) return () => none;
  const since = new Date(from.getTime() - Math.max(0, ...windows) * 86_400_000);
  const rows = await tx.$queryRaw<{ row: string }[]>(Prisma.sql`
    SELECT jsonb_build_array(s.member_id, count(*), sum(s.points - coalesce((SELECT sum(r.points_back) FROM refund r WHERE r.sale_id = s.id), 0))::bigint,
      coalesce(jsonb_agg((extract(epoch FROM s.at) * 1000)::bigint) FILTER (WHERE s.at > ${since}), '[]'))::text AS row
    FROM sale s WHERE s.at <= ${from} AND s.undone_at IS NULL
      AND s.member_id IN (SELECT x.member_id FROM sale x WHERE x.at > ${from} AND x.at <= ${until})
    GROUP BY s.member_id`);
  const pasts = new Map(
    rows.map(({ row }) => {
      const [memberId, purchases, points, times] = JSON.parse(row) as [number, number, number, number[]];
      return [memberId, { purchases, points, times, used: {} as Record<string, number> }];
    }),
  );
  if (limited.length > 0) {
    const given = await tx.$queryRaw<{ member: number; rule: string; times: number }[]>(Prisma.sql`
      SELECT s.member_id AS member, part ->> 'rule' AS rule, count(*)::int AS times
      FROM sale s CROSS JOIN LATERAL jsonb_array_elements(s.snapshot -> 'parts') part
      WHERE s.at <= ${from} AND s.undone_at IS NULL AND jsonb_typeof(s.snapshot -> 'parts') = 'array' AND part ->> 'rule' = ANY(${limited})
      GROUP BY 1, 2`);
    for (const { member, rule, times } of given) {
      const past = pasts.get(member);
      if (past) past.used[rule] = times;
    }
  }
  return (memberId) => pasts.get(memberId) ?? none;
}

/** What members have bought, or earned by it, in the window of these levels. */
export async function qualifying(tx: Tx, { by, windowMonths }: Tiers, now: Date, timeZone: string): Promise<Map<number, number>> {
  const since = Temporal.Instant.fromEpochMilliseconds(now.getTime())
    .toZonedDateTimeISO(timeZone)
    .subtract({ months: windowMonths });
  const from = new Date(since.epochMilliseconds);
  const counted =
    by === 'money'
      ? Prisma.sql`sum(s.amount_minor - s.refunded_minor)`
      : Prisma.sql`sum(s.points - coalesce((SELECT sum(r.points_back) FROM refund r WHERE r.sale_id = s.id), 0))`;
  const rows = await tx.$queryRaw<{ row: string }[]>(Prisma.sql`
    SELECT jsonb_build_array(s.member_id, ${counted}::bigint)::text AS row
    FROM sale s WHERE s.at > ${from} AND s.at <= ${now} AND s.undone_at IS NULL GROUP BY s.member_id`);
  return new Map(rows.map(({ row }) => JSON.parse(row) as [number, number]));
}
