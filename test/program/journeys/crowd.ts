import type pg from 'pg';
import { newCode } from '../../../src/program/codes.ts';
import type { Database } from '../../../src/program/context.ts';
import { planJourneys } from '../../../src/program/journeys/plan-journeys.ts';
import { saidNow } from '../../../src/program/journeys/said-now.ts';
import { plainRules, type Rules } from '../../../src/program/rules/rules.ts';
import { programAt, storedRules } from '../../../src/program/settings/program.ts';

export type Who = {
  joined?: string;
  zone?: string | null;
  marketing?: boolean;
  muted?: string[];
  points?: number;
  birthday?: string;
  /** Moments of purchases, the first first. */
  visits?: readonly string[];
  reachable?: boolean;
};

const person = `
  WITH p AS (
    INSERT INTO person (name, created_at, time_zone, marketing, muted) VALUES ('Ann', $1, $2, $3, $4) RETURNING id
  ), a AS (
    INSERT INTO address (person_id, channel, user_id, chat_id, used_at) SELECT id, 'tea', 'u' || id, 'c' || id, $1 FROM p WHERE $5
  )
  INSERT INTO member (person_id, code, joined_at, birthday, birthday_set_at) SELECT id, $6, $1, $7, $1 FROM p RETURNING id, person_id AS "personId"`;

const sale = `
  INSERT INTO sale (member_id, amount_minor, currency, receipt, at, created_at, key, request_hash, snapshot, points, balance_after)
    VALUES ($1::int, 500, 'EUR', concat_ws('-', $1::int, $2::timestamptz), $2::timestamptz, $2::timestamptz, concat_ws('-', $1::int, $2::timestamptz), '', '{}', 0, 0)`;

const lot = `
  WITH e AS (
    INSERT INTO entry (member_id, version, kind, delta, debt, balance_after, debt_after, key, request_hash, at, reason, hash)
      VALUES ($1::int, nextval('entry_id_seq'), 'grant', $2::bigint, 0, $2::bigint, 0, gen_random_uuid(), '', $3::timestamptz, '{}', '') RETURNING id
  ) INSERT INTO lot (entry_id, member_id, earned, remaining, earned_at, expires_at) SELECT id, $1::int, $2::bigint, $2::bigint, $3::timestamptz, $4::timestamptz FROM e`;

/** What happens with journeys in a database whose shop is in UTC. `owner` may write what no verb would. */
export function journeysIn(db: Database, owner: pg.Pool) {
  const timeZone = 'UTC';
  return {
    /** Somebody with a card, a chat and a past. */
    async somebody(who: Who = {}): Promise<{ id: number; personId: number }> {
      const { joined = '2020-01-01T12:00:00Z', zone = null, marketing = true, muted = [], points = 0, visits = [] } = who;
      const values = [joined, zone, marketing, muted, who.reachable ?? true, newCode(), who.birthday ?? null];
      const { rows } = await owner.query<{ id: number; personId: number }>(person, values);
      const one = rows[0] as { id: number; personId: number };
      await owner.query("INSERT INTO wallet (member_id, balance, head) VALUES ($1, $2, '')", [one.id, points]);
      for (const visit of visits) await owner.query(sale, [one.id, visit]);
      return one;
    },
    visit: ({ id }: { id: number }, at: string) => owner.query(sale, [id, at]),
    ends: ({ id }: { id: number }, points: number, from: string, until: string) => owner.query(lot, [id, points, from, until]),
    plan: (at: string) => planJourneys({ db, now: new Date(at), timeZone }),
    /** Messages planned for somebody: which, for which period, when. */
    async told({ id }: { id: number }, key?: string) {
      const rows = await db.prisma.delivery.findMany({ where: { memberId: id }, orderBy: [{ notBefore: 'asc' }, { id: 'asc' }] });
      const campaigns = await db.prisma.campaign.findMany({ select: { id: true, key: true } });
      return rows
        .map((row) => ({
          ...row,
          key: campaigns.find((one) => one.id === row.campaignId)?.key ?? '',
          at: row.notBefore.toISOString().slice(0, 16),
          says: row.params as Record<string, unknown>,
        }))
        .filter((row) => key === undefined || row.key === key);
    },
    async says({ id }: { id: number }, key: string, period: string, at: string) {
      const { rules } = await programAt(db, new Date(at));
      return saidNow({ db, now: new Date(at), timeZone, rules }, { key, memberId: id, period, params: {} });
    },
    async rules(more: Partial<Rules> = {}): Promise<Rules> {
      const rules = { ...plainRules(100), welcome: 0, ...more };
      await db.prisma.programVersion.create({
        data: { rules: storedRules(rules), startsAt: new Date(0), createdAt: new Date(0) },
      });
      return rules;
    },
  };
}
