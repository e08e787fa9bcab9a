import type { Database } from '../context.ts';
import { programAt } from '../settings/program.ts';
import { journeys } from './index.ts';
import type { Journey, JourneyMoment } from './journey.ts';
import { type Asked, askedOf, runningJourneys, wantedSql } from './plan-journeys.ts';

const dayMs = 86_400_000;
/** How far ahead is looked. */
export const upcomingDays = 7;

/** A message that is to come. `delivery`: null while it is only foreseen. */
export type Coming = { delivery: number | null; memberId: number; period: string; name: string; at: Date };

/** What a campaign brings in the next days: how many messages, how many of them are planned already (the rest is foreseen), when the first goes. */
export type Upcoming = { campaignId: number; key: string | null; name: string; count: number; planned: number; at: Date };

type Found = { count: number; planned: number; at: Date | null; rows: Coming[] };

const rowsJson = `coalesce(jsonb_agg(jsonb_build_object('delivery', o.delivery, 'memberId', o.member_id, 'period', o.period, 'name', o.name, 'at', o.at)
    ORDER BY o.at, o.member_id, o.period) FILTER (WHERE o.place > $B AND o.place <= $B + $A), '[]') AS rows`;

// Messages of the same campaign that wait in the queue.
const queued = `
  SELECT d.id AS delivery, d.member_id, d.period, p.name, d.not_before AS at FROM delivery d JOIN person p ON p.id = d.person_id
  WHERE d.campaign_id = (SELECT id FROM campaign WHERE key = $K) AND d.state IN ('planned', 'retry') AND d.not_before <= $U::timestamptz
    AND coalesce(d.late_at > $N::timestamptz, true)`;

function foundSql(from: string, params: Readonly<Record<'A' | 'B' | 'K' | 'U' | 'N', string>>): string {
  const text = `SELECT count(*)::int AS count, count(o.delivery)::int AS planned, min(o.at) AS at, ${rowsJson}
    FROM (SELECT q.*, row_number() OVER (ORDER BY q.at, q.member_id, q.period) AS place FROM (${from}) q) o`;
  return text.replace(/\$([ABKUN])\b/g, (_, name: keyof typeof params) => params[name]);
}

async function ask(db: Database, journey: Journey, asked: Asked | null, { now, until, page, size }: Look): Promise<Found> {
  // What is foreseen stands in the journey's own values; the question's stand behind them.
  const values = asked?.values ?? [journey.key, now, until];
  const [key, n, u] = asked ? [asked.key, '$1', '$2'] : ['$1::text', '$2', '$3'];
  const params = { K: key, N: n, U: u, A: `$${values.length + 1}::int`, B: `$${values.length + 2}::int` };
  const foreseen = asked
    ? ` UNION ALL SELECT NULL::bigint, w.member_id, w.period, w.person_name, w.at FROM (${wantedSql(journey, asked.key, asked.segment)}) w WHERE NOT w.held`
    : '';
  const [row] = await db.prisma.$queryRawUnsafe<Found[]>(foundSql(queued + foreseen, params), ...values, size, page * size);
  return row ?? { count: 0, planned: 0, at: null, rows: [] };
}

type Look = { now: Date; until: Date; page: number; size: number };

const momentOf = async (db: Database, now: Date, timeZone: string): Promise<JourneyMoment> => ({
  ...{ db, now, timeZone },
  rules: (await programAt(db, now)).rules,
});

const untilOf = (now: Date): Date => new Date(now.getTime() + upcomingDays * dayMs);

/** What journeys bring in the next seven days, the soonest first: messages that are planned, and those that are foreseen if nothing comes between. */
export async function upcomingJourneys(db: Database, now: Date, timeZone: string): Promise<Upcoming[]> {
  const moment = await momentOf(db, now, timeZone);
  const running = await runningJourneys(db);
  const found: Upcoming[] = [];
  for (const journey of journeys) {
    const campaign = running.find(({ key }) => key === journey.key);
    if (!campaign) continue;
    const until = untilOf(now);
    const { count, planned, at } = await ask(db, journey, await askedOf(journey, campaign, moment, until), {
      now,
      until,
      page: 0,
      size: 0,
    });
    if (at !== null) found.push({ campaignId: campaign.id, key: campaign.key, name: campaign.name, count, planned, at });
  }
  return found.toSorted((one, other) => one.at.getTime() - other.at.getTime());
}

/** The single messages that a journey brings in the next seven days, a page at a time (pages from 0), the soonest first. */
export async function upcomingOf(
  db: Database,
  journey: Journey,
  { now, timeZone, page, size }: { now: Date; timeZone: string; page: number; size: number },
): Promise<{ count: number; rows: Coming[] }> {
  const until = untilOf(now);
  const held = (await runningJourneys(db)).find(({ key }) => key === journey.key);
  const asked = held ? await askedOf(journey, held, await momentOf(db, now, timeZone), until) : null;
  const { count, rows } = await ask(db, journey, asked, { now, until, page, size });
  return { count, rows: rows.map((row) => ({ ...row, at: new Date(row.at) })) };
}
