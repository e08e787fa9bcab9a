import type { Reward } from '../rules/rules.ts';
import { dayOf, inTime, type Journey, lateAfter, morning, people } from './journey.ts';

/** Within reach: a fifth of its price, or less, is missing. */
const shareMissing = 5;

const isOffered = ({ cost, hidden, from, until }: Reward, today: string): boolean =>
  cost > 0 && hidden === undefined && (from === undefined || from <= today) && (until === undefined || until >= today);

/**
 * The morning after a visit: a reward is nearly theirs. At most once for each reward and member, the nearest first, one in a week; who has reached it
 * before the message goes is not told.
 */
export const reach: Journey = {
  key: 'reach',
  topic: 'tips',
  lane: 'campaign',
  worth: 35,
  button: { kind: 'command', does: 'rewards' },
  restDays: 7,
  ever: true,
  due: {
    values: ({ rules, now }) => {
      const offered = rules.rewards.filter((reward) => isOffered(reward, now.toISOString().slice(0, 10)));
      if (offered.length === 0) return null;
      return [JSON.stringify(offered.map(({ id, name, cost, tiers }) => ({ id, name, cost, tiers: tiers ?? null })))];
    },
    sql: (member) => `
      SELECT m.id AS member_id, r.id AS period, x.at, x.at + ${lateAfter} AS late_at,
        jsonb_build_object('reward', r.name, 'missing', r.cost - w.balance) AS said, true AS ready, (r.cost - w.balance)::int AS rank
      FROM member_fact f JOIN ${people} ON m.id = f.member_id LEFT JOIN standing st ON st.member_id = m.id
        CROSS JOIN jsonb_to_recordset($4::jsonb) AS r(id text, name jsonb, cost bigint, tiers text[])
        CROSS JOIN LATERAL (SELECT ${morning(`${dayOf('f.last_at')} + 1`)} AS at) x
      WHERE f.last_at > $1::timestamptz - interval '3 days' AND ${member('f.member_id')} AND ${inTime('x.at')}
        AND w.balance < r.cost AND (r.cost - w.balance) * ${shareMissing} <= r.cost AND (r.tiers IS NULL OR st.tier = ANY (r.tiers))`,
  },
};
