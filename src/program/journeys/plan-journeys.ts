import type { Database } from '../context.ts';
import { programAt } from '../settings/program.ts';
import { journeys } from './index.ts';
import type { Journey, JourneyMoment } from './journey.ts';
import { meantBy } from './meant-by.ts';

/** So long before its hour a message is planned, so that owners see it and can take it out. */
const aheadMs = 24 * 3_600_000;

/** Many members and somebody else's turn take longer than a transaction may usually last. */
const planWithinMs = 120_000;

/** The members of `due` who are to be written to: reachable, willing, not written to before; `held`: who would be, and is held out. */
export function wantedSql(
  { due, restDays, ever }: Pick<Journey, 'due' | 'restDays' | 'ever'>,
  key: string,
  segment: string,
): string {
  const rests =
    restDays === undefined
      ? ''
      : `
      AND NOT EXISTS (SELECT 1 FROM delivery o WHERE o.member_id = d.member_id AND o.campaign_id = j.id AND o.not_before > d.at - interval '${restDays} days')
      AND NOT EXISTS (SELECT 1 FROM campaign_control k WHERE k.member_id = d.member_id AND k.campaign_id = j.id AND k.at > d.at - interval '${restDays} days')`;
  const told = !ever
    ? ''
    : `
      AND NOT EXISTS (SELECT 1 FROM journey_ever e WHERE (e.campaign_id, e.member_id, e.period) = (j.id, d.member_id, d.period))`;
  return `
    SELECT ${restDays === undefined ? '' : 'DISTINCT ON (d.member_id) '}d.member_id, d.period, d.said, d.ready, d.late_at, greatest(d.at, $1::timestamptz) AS at,
      j.*, m.person_id, p.name AS person_name, a.id AS address_id, a.channel, campaign_bucket(j.id, d.member_id, 1) < j.control_percent * 100 AS held
    FROM (${due?.sql(() => 'true') ?? ''}) d
      JOIN (SELECT id, topic, lane, worth, control_percent, resend, per_day, started_at FROM campaign WHERE key = ${key} AND state = 'running') j ON true
      JOIN member m ON m.id = d.member_id JOIN person p ON p.id = m.person_id
      CROSS JOIN LATERAL (SELECT x.id, x.channel FROM address x WHERE x.person_id = p.id AND x.dead_at IS NULL ORDER BY x.used_at DESC, x.id DESC LIMIT 1) a
    WHERE d.at >= j.started_at AND p.erased_at IS NULL AND (j.topic = 'reminders' OR p.marketing) AND NOT j.topic = ANY (p.muted)
      AND NOT EXISTS (SELECT 1 FROM delivery o WHERE o.dedupe = concat_ws(':', 'campaign', j.id, d.member_id, d.period))
      AND NOT EXISTS (SELECT 1 FROM campaign_control k WHERE (k.campaign_id, k.member_id, k.period) = (j.id, d.member_id, d.period))
      AND ${segment}${told}${rests}
    ${restDays === undefined ? '' : 'ORDER BY d.member_id, d.rank, d.period'}`;
}

const planSql = (journey: Journey, { key, segment }: Asked): string => `
  WITH wanted AS MATERIALIZED (SELECT *, (at AT TIME ZONE $3::text)::date AS day FROM (${wantedSql(journey, key, segment)}) w WHERE ready),
  held AS (
    INSERT INTO campaign_control (campaign_id, member_id, period, at)
      SELECT id, member_id, period, $1::timestamptz FROM wanted WHERE held ON CONFLICT DO NOTHING
  ), counted AS (
    SELECT w.*, row_number() OVER (PARTITION BY w.day ORDER BY w.at, w.member_id) + CASE WHEN w.per_day IS NULL THEN 0 ELSE (
        SELECT count(*) FROM delivery o WHERE o.campaign_id = w.id AND o.state <> 'dropped' AND (o.not_before AT TIME ZONE $3::text)::date = w.day) END AS place
      FROM wanted w WHERE NOT w.held
  ), planned AS (
    INSERT INTO delivery (notice, params, person_id, address_id, channel, dedupe, lane, not_before, created_at, campaign_id, member_id, variant, period, topic,
        worth, late_at, resend)
      SELECT 'campaign', said, person_id, address_id, channel, concat_ws(':', 'campaign', id, member_id, period), lane, at, $1::timestamptz, id, member_id, 'a',
        period, topic, worth, late_at, resend
      FROM counted WHERE place <= coalesce(per_day, place) ORDER BY at, member_id
      ON CONFLICT (dedupe) DO NOTHING RETURNING campaign_id, member_id, period
  )${
    journey.ever
      ? `, told AS (
    INSERT INTO journey_ever (campaign_id, member_id, period, at) SELECT campaign_id, member_id, period, $1::timestamptz FROM planned
      UNION SELECT id, member_id, period, $1::timestamptz FROM wanted WHERE held ON CONFLICT DO NOTHING
  )`
      : ''
  }
  SELECT count(*)::int AS count FROM planned`;

/** What a journey's statements are given: now, as far as is asked, the zone, its own values. Null: nothing can be due. */
export async function valuesOf(journey: Journey, moment: JourneyMoment, until: Date): Promise<unknown[] | null> {
  const own = await journey.due?.values(moment);
  return own ? [moment.now, until, moment.timeZone, ...own] : null;
}

/** The switch and the limits that an owner has set on a journey. */
export type Held = { id: number; key: string | null; name: string; segment: string; perDay: number | null };

/** The journeys that are switched on. */
export const runningJourneys = ({ prisma }: Pick<Database, 'prisma'>): Promise<Held[]> =>
  prisma.campaign.findMany({
    where: { kind: 'journey', state: 'running' },
    select: { id: true, key: true, name: true, segment: true, perDay: true },
  });

/** A journey's question: its values, and where in them stand its key and the members that the owner means. */
export type Asked = { values: unknown[]; key: string; segment: string };

/** What to ask of a journey until a moment; null: nothing can be due. A segment that means nothing any more (its words were taken back) means nobody. */
export async function askedOf(
  journey: Journey,
  held: Pick<Held, 'segment'>,
  moment: JourneyMoment,
  until: Date,
): Promise<Asked | null> {
  const own = await valuesOf(journey, moment, until);
  if (!own) return null;
  const values = [...own, journey.key];
  const key = `$${values.length}::text`;
  if (held.segment === '') return { values, key, segment: 'true' };
  const meant = await meantBy(held.segment, moment, values.length + 1);
  return meant && { values: [...values, ...meant.values], key, segment: `d.member_id IN (${meant.members})` };
}

async function planOne(journey: Journey, held: Held, moment: JourneyMoment): Promise<number> {
  const { db } = moment;
  const asked = await askedOf(journey, held, moment, new Date(moment.now.getTime() + aheadMs));
  if (!asked) return 0;
  const text = planSql(journey, asked);
  type Row = { count: number };
  if (held.perDay === null && held.segment === '')
    return (await db.run<Row>({ name: `journey_plan_${journey.key}`, text }, asked.values))[0]?.count ?? 0;
  return db.prisma.$transaction(
    async (tx) => {
      // Two servers take turns: the limit of a day is one limit.
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('journey:' || ${journey.key}))`;
      return (await tx.$queryRawUnsafe<Row[]>(text, ...asked.values))[0]?.count ?? 0;
    },
    { timeout: planWithinMs },
  );
}

/**
 * Plans what journeys say until this time tomorrow, each message once for its period, on members' newest addresses: to who agreed (reminders: to who
 * has not muted them), within each journey's limit of a day, except the share that is held out. Run late, what is too late by then is left out
 * (see each journey); run twice, or on two servers at once, nothing more. One that fails does not stop the others; its error is thrown at the end. Returns how
 * many messages.
 */
export async function planJourneys({
  db,
  now,
  timeZone,
  stopping,
}: {
  db: Database;
  now: Date;
  timeZone: string;
  stopping?: AbortSignal;
}): Promise<number> {
  const { rules } = await programAt(db, now);
  const running = await runningJourneys(db);
  let total = 0;
  const failed: unknown[] = [];
  for (const journey of journeys) {
    if (stopping?.aborted) break;
    const held = running.find(({ key }) => key === journey.key);
    if (!held) continue;
    try {
      total += await planOne(journey, held, { db, now, timeZone, rules });
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length > 0) throw failed[0];
  return total;
}
