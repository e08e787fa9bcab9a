import type { Database, Statement } from '../context.ts';

/**
 * How far a campaign has come. `planned` messages are in all; `waiting` not yet sent, `sent` arrived, `blocked` reached nobody, `failed` were not taken by the messenger,
 * `uncertain` may have arrived, `dropped` were not meant to be sent any more, by reason (`stopped`, `no_consent`, `muted`, `cap`, `late`, …). `held` is the control group.
 * `claimed`, `used`, `pressed`, `answered` are people; `answers` by the answer's place or number. `perMinute`: what left in the last minute; `leftMs` at this
 * pace (of a broadcast that has just begun: at its pace since), null while nothing leaves.
 */
export type Progress = {
  planned: number;
  waiting: number;
  sent: number;
  blocked: number;
  failed: number;
  uncertain: number;
  dropped: Record<string, number>;
  held: number;
  claimed: number;
  used: number;
  pressed: number;
  answered: number;
  answers: Record<string, number>;
  perMinute: number;
  leftMs: number | null;
};

type States = Record<string, number>;

// States are counted in an index alone; only what did not arrive is looked at, for why.
const statement: Statement = {
  name: 'campaign_progress',
  text: `
    SELECT coalesce((SELECT jsonb_object_agg(state, n) FROM (SELECT state, count(*) AS n FROM delivery WHERE campaign_id = $1 GROUP BY state) s), '{}') AS states,
      coalesce((SELECT jsonb_object_agg(code, n) FROM (SELECT coalesce(result ->> 'code', '') AS code, count(*) AS n FROM delivery
        WHERE campaign_id = $1 AND state = 'dropped' GROUP BY 1) w), '{}') AS dropped,
      (SELECT count(*)::int FROM delivery WHERE campaign_id = $1 AND state = 'failed' AND result ->> 'code' = 'unreachable') AS blocked,
      coalesce((SELECT jsonb_object_agg(kind, n) FROM (SELECT kind, count(*) AS n FROM campaign_response WHERE campaign_id = $1 GROUP BY kind) r), '{}') AS responses,
      coalesce((SELECT jsonb_object_agg(answer, n) FROM (SELECT answer, count(*) AS n FROM campaign_response WHERE campaign_id = $1 AND kind = 'answered'
        GROUP BY answer) a), '{}') AS answers,
      (SELECT count(*)::int FROM campaign_response r JOIN coupon c ON c.id = r.coupon_id WHERE r.campaign_id = $1 AND c.used_at IS NOT NULL) AS used,
      (SELECT count(*)::int FROM campaign_control WHERE campaign_id = $1) AS held,
      l.*
    FROM (SELECT count(*)::int AS "perMinute", extract(epoch FROM clock_timestamp() - min(lease_until))::float8 * 1000 AS "sinceMs"
      FROM delivery WHERE campaign_id = $1 AND state = 'sent' AND lease_until > clock_timestamp() - interval '1 minute') l`,
};

/** From so many messages on their own pace can be told before a minute is over: a second's worth of what Telegram takes. */
const enough = 30;

type Row = Pick<Progress, 'dropped' | 'blocked' | 'answers' | 'used' | 'held' | 'perMinute'> & {
  sinceMs: number | null;
  states: States;
  responses: States;
};

/** How far a campaign, or a journey, has come. */
export async function progressOf(db: Database, id: number): Promise<Progress> {
  const [row] = await db.run<Row>(statement, [id]);
  if (!row) throw new Error('campaign_progress returned nothing');
  const { states, dropped, blocked, responses, answers, used, held, perMinute, sinceMs } = row;
  const state = (name: string): number => states[name] ?? 0;
  const spanMs = perMinute < enough || sinceMs === null ? 60_000 : Math.max(1_000, sinceMs);
  const waiting = state('planned') + state('retry') + state('claimed') + state('sending');
  return {
    planned: Object.values(states).reduce((sum, count) => sum + count, 0),
    waiting,
    sent: state('sent'),
    blocked,
    failed: state('failed') - blocked,
    uncertain: state('unknown'),
    dropped,
    held,
    claimed: responses['claimed'] ?? 0,
    used,
    pressed: responses['pressed'] ?? 0,
    answered: responses['answered'] ?? 0,
    answers,
    perMinute,
    leftMs: waiting === 0 ? 0 : perMinute === 0 ? null : Math.ceil((waiting * spanMs) / perMinute),
  };
}
