import { createHash } from 'node:crypto';
import type { Database, Statement } from '../context.ts';
import { Refusal } from '../refusal.ts';
import { programAt } from '../settings/program.ts';
import type { Campaign } from './campaign.ts';
import { campaignOf } from './campaigns.ts';
import { consents, type People, peopleOf } from './people.ts';

/** How many members are looked at in one transaction: long enough to be quick, short enough that nobody waits for it. */
const pageSize = 10_000;
/** For how long one run goes on; the next one begins where it ended. */
const sliceMs = 10_000;

type Now = { db: Database; now: Date; timeZone: string };

const due: Statement = {
  name: 'campaigns_due',
  text: `SELECT id FROM campaign WHERE kind = 'broadcast' AND state = 'scheduled' AND begins_at <= $1 ORDER BY begins_at, id`,
};

const begin: Statement = {
  name: 'campaign_begin',
  text: `
    WITH begun AS (
      UPDATE campaign SET state = 'running', begins_at = $2, meant = $3, planned_to = 0, upper_member = (SELECT coalesce(max(id), 0) FROM member)
      WHERE id = $1 AND state = 'scheduled' RETURNING id, upper_member
    )
    INSERT INTO campaign_event (campaign_id, kind, at, details) SELECT id, 'began', $2, jsonb_build_object('upper', upper_member) FROM begun RETURNING 1 AS one`,
};

const ahead: Statement = {
  name: 'campaigns_ahead',
  text: `SELECT id FROM campaign WHERE kind = 'broadcast' AND state = 'running' AND planned_to < upper_member ORDER BY id`,
};

const refused: Statement = {
  name: 'campaign_refused',
  text: `
    WITH paused AS (UPDATE campaign SET state = 'paused' WHERE id = $1 AND state IN ('scheduled', 'running') RETURNING id)
    INSERT INTO campaign_event (campaign_id, kind, at, details) SELECT id, 'paused', $2, jsonb_build_object('refused', $3::text) FROM paused RETURNING 1 AS one`,
};

/** Whom a campaign means, settled: saved segments may change from now on. */
async function beginOne({ db, now, timeZone }: Now, id: number): Promise<number> {
  const { rules } = await programAt(db, now);
  const { text } = await peopleOf(db, await campaignOf(db, id), { now, timeZone, rules }, 1);
  await db.run(begin, [id, now, text]);
  return 0;
}

type Page = { upto: number; planned: number; held: number };

/**
 * What a page asks of a campaign, and nothing that it does not: a condition that is always true is worked out for a million people as well, and hides from the
 * planner how many there are. Control group, split test and wording are `campaign_bucket` 1, 2 and 3. Who is held back comes from those who would be written
 * to, and is the same share of them in each part of a split test.
 */
function askedOf({ controlPercent, variants, test, winner }: Campaign) {
  const share = 'campaign_bucket(h.id, m.id, 2) < h.share';
  return {
    control: controlPercent > 0 ? 'campaign_bucket(h.id, m.id, 1) < h.control' : 'false',
    variant:
      winner === null && variants.length > 1
        ? 'h.variants ->> (campaign_bucket(h.id, m.id, 3) % jsonb_array_length(h.variants))'
        : 'coalesce(h.winner, h.variants ->> 0)',
    part: test === null ? '' : `AND ${winner === null ? share : `NOT (${share})`}`,
    keeps:
      controlPercent > 0
        ? 'INSERT INTO campaign_control (campaign_id, member_id, at) SELECT campaign, member, $4::timestamptz FROM people WHERE control ON CONFLICT DO NOTHING RETURNING 1'
        : 'SELECT WHERE false',
    // A second wave passes by who has had the first. To ask costs half as much again as the rows, and in a first one nobody can have.
    conflict: winner === null ? '' : 'ON CONFLICT (dedupe) DO NOTHING',
  };
}

/**
 * The next page as one statement, which is one transaction: whoever has it holds the campaign's row, and a second one finds that `planned_to` has moved on. Killed
 * before the commit, nothing of it has happened. $1 campaign, $2 planned to, $3 up to which member, $4 now, $5 the shop's zone, $6 local hour, $7 topic, then the segment's.
 * The range stands for both tables, and addresses are sorted a page at a time: looking up each member's by itself takes longer than writing the row.
 */
function pageStatement({ from, where }: Pick<People, 'from' | 'where'>, campaign: Campaign): Statement {
  const { control, variant, part, conflict, keeps } = askedOf(campaign);
  const text = `
    WITH held AS MATERIALIZED (
      SELECT id, upper_member AS upper, $3::int AS upto, lane, topic, worth, ends_at, resend, winner, control_percent * 100 AS control,
        (test ->> 'percent')::int * 100 AS share, variants
      FROM campaign WHERE id = $1 AND state = 'running' AND planned_to = $2 AND planned_to < upper_member FOR NO KEY UPDATE
    ), people AS (
      SELECT DISTINCT ON (m.id) h.id AS campaign, m.id AS member, p.id AS person, p.time_zone, a.id AS address, a.channel, ${control} AS control, ${variant} AS variant
      FROM held h CROSS JOIN (${from}) JOIN address a ON a.person_id = p.id AND a.dead_at IS NULL
      WHERE m.id > $2 AND m.id <= $3::int AND f.member_id > $2 AND f.member_id <= $3::int AND ${consents('$7')} ${part}
        AND ${where}
      ORDER BY m.id, a.used_at DESC, a.id DESC
    ), kept AS (
      ${keeps}
    ), planned AS (
      INSERT INTO delivery (notice, params, person_id, address_id, channel, dedupe, lane, not_before, created_at, campaign_id, member_id, variant, period, topic, worth,
        late_at, resend)
      SELECT 'campaign', '{}', o.person, o.address, o.channel, 'campaign:' || o.campaign || ':' || o.member || ':', h.lane,
        CASE WHEN $6::timestamp IS NULL THEN $4::timestamptz ELSE local_moment($6::timestamp, $4::timestamptz, o.time_zone, $5::text) END, $4::timestamptz, o.campaign,
        o.member, o.variant, '', h.topic, h.worth, h.ends_at, h.resend
      FROM people o CROSS JOIN held h WHERE NOT o.control ${conflict} RETURNING 1
    ), moved AS (
      UPDATE campaign c SET planned_to = h.upto, planned_at = CASE WHEN h.upto >= h.upper THEN $4::timestamptz END FROM held h WHERE c.id = h.id RETURNING c.planned_to
    )
    SELECT (SELECT planned_to FROM moved) AS upto, (SELECT count(*)::int FROM planned) AS planned, (SELECT count(*)::int FROM kept) AS held`;
  return { name: `campaign_page_${createHash('sha256').update(text).digest('base64url').slice(0, 16)}`, text };
}

/** Plans one page. Null: somebody else has, or it is paused, stopped or done. */
export async function planPage(
  { db, timeZone, now }: Now,
  campaign: Campaign,
  from = campaign.plannedTo,
  size = pageSize,
): Promise<Page | null> {
  // The moment at which it began is what `last-visit>30d` counts from on every page.
  const at = campaign.beginsAt ?? now;
  const { rules } = await programAt(db, at);
  const people = await peopleOf(db, campaign, { now: at, timeZone, rules }, 8);
  const local = campaign.schedule.kind === 'local' ? campaign.schedule.at : null;
  const upto = Math.min(from + size, campaign.upperMember ?? 0);
  const values = [campaign.id, from, upto, now, timeZone, local, campaign.topic, ...people.values];
  const [page] = await db.run<Page & { upto: number | null }>(pageStatement(people, campaign), values);
  return page?.upto === null || page === undefined ? null : page;
}

async function planOne(moment: Now, id: number, over: () => boolean): Promise<number> {
  const campaign = await campaignOf(moment.db, id);
  let [from, total] = [campaign.plannedTo, 0];
  while (!over()) {
    const page = await planPage(moment, campaign, from);
    if (!page) break;
    total += page.planned;
    from = page.upto;
    if (from >= (campaign.upperMember ?? 0)) break;
  }
  return total;
}

/**
 * Begins what is due and plans the messages of what runs, page by page, for up to ten seconds. Run twice, on two servers, or killed between any two pages it plans
 * every message once. A broadcast whose segment can't be read any more means nobody and is paused with the reason; one that fails keeps no other from going on, its
 * error is thrown at the end. Returns how many were planned.
 */
export async function planCampaigns({ stopping, ...moment }: Now & { stopping: AbortSignal }): Promise<number> {
  const until = performance.now() + sliceMs;
  const over = (): boolean => stopping.aborted || performance.now() > until;
  const { db, now } = moment;
  const failed: unknown[] = [];
  const alone = async (id: number, work: () => Promise<number>): Promise<number> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Refusal) await db.run(refused, [id, now, error.code]);
      else failed.push(error);
      return 0;
    }
  };
  for (const { id } of await db.run<{ id: number }>(due, [now])) await alone(id, () => beginOne(moment, id));
  let total = 0;
  for (const { id } of await db.run<{ id: number }>(ahead, [])) total += await alone(id, () => planOne(moment, id, over));
  if (failed.length > 0) throw failed[0];
  return total;
}
