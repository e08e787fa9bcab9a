import type { Database, Statement } from '../context.ts';

type Rate = { variant: string; reached: number; pressed: number };

/** So long what can't be sent to some is waited for. */
const longestDays = 3;

// The hours count from when the last of those who try it got it, however long sending takes: night, a pause or somebody's own hour may have been in between. Who
// waits for room in their week is not waited for.
const due: Statement = {
  name: 'campaign_tests_due',
  text: `
    SELECT c.id, c.variants, c.test ->> 'by' AS by FROM campaign c
    WHERE c.kind = 'broadcast' AND c.state = 'running' AND c.test IS NOT NULL AND c.winner IS NULL
      AND c.planned_at + make_interval(hours => (c.test ->> 'hours')::int) <= $1
      AND (c.planned_at + make_interval(days => ${longestDays}, hours => (c.test ->> 'hours')::int) <= $1
        OR NOT EXISTS (SELECT 1 FROM delivery d WHERE d.campaign_id = c.id AND d.state IN ('planned', 'retry', 'claimed', 'sending')
          AND d.result ->> 'wait' IS DISTINCT FROM 'cap'))
      AND coalesce((SELECT d.sent_at FROM delivery d WHERE d.campaign_id = c.id AND d.state = 'sent' AND d.lease_until IS NOT NULL
        ORDER BY d.lease_until DESC LIMIT 1), c.planned_at)
        + make_interval(hours => (c.test ->> 'hours')::int) <= $1
    ORDER BY c.id`,
};

const rates: Statement = {
  name: 'campaign_test_rates',
  text: `
    SELECT d.variant, count(*)::int AS reached,
      (SELECT count(*)::int FROM campaign_response r WHERE r.campaign_id = $1 AND r.kind = $2 AND r.variant = d.variant) AS pressed
    FROM delivery d WHERE d.campaign_id = $1 AND d.state IN ('sent', 'unknown') GROUP BY d.variant`,
};

const choose: Statement = {
  name: 'campaign_winner',
  text: `
    WITH chosen AS (
      UPDATE campaign SET winner = $2, planned_to = 0, planned_at = NULL WHERE id = $1 AND winner IS NULL AND state = 'running' RETURNING id
    )
    INSERT INTO campaign_event (campaign_id, kind, at, details) SELECT id, 'winner', $3, $4::jsonb FROM chosen RETURNING 1 AS one`,
};

/** Which wording was followed by more for each person it reached; of equals, and where nothing arrived, the first. Pure. */
export function winnerOf(variants: readonly string[], counted: readonly Rate[]): string {
  const rateOf = (variant: string): number => {
    const found = counted.find((rate) => rate.variant === variant);
    return found && found.reached > 0 ? found.pressed / found.reached : 0;
  };
  return variants.reduce((best, variant) => (rateOf(variant) > rateOf(best) ? variant : best), variants[0] ?? 'a');
}

/** Ends split tests whose time is over: the better wording goes to the rest, which is planned from now on. Returns how many ended. */
export async function pickWinners({ db, now }: { db: Database; now: Date }): Promise<number> {
  let ended = 0;
  for (const { id, variants, by } of await db.run<{ id: number; variants: string[]; by: string }>(due, [now])) {
    const counted = await db.run<Rate>(rates, [id, by]);
    const winner = winnerOf(variants, counted);
    ended += (await db.run(choose, [id, winner, now, JSON.stringify({ winner, by, counted })])).length;
  }
  return ended;
}
