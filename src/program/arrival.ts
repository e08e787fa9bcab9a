import type { Database, Statement } from './context.ts';
import type { Program } from './rules/rules.ts';
import { programOf } from './settings/program.ts';
import { whereNow } from './shops/where.ts';

/** The person behind an address. `personId` is null for a stranger. */
export type Who = {
  personId: number | null;
  name: string;
  language: string | null;
  role: 'staff' | 'owner' | null;
  /** Of somebody who works here: the shop where they are now; null: not known, or the program has no shops. */
  shop: string | null;
  /** The shops they were assigned to; none: any. */
  shops: readonly string[];
  member: { id: number; code: string; balance: number; debt: number; nextExpiry: Date | null } | null;
  /** Their address needs a fresh sign of life: another chat than known, thought dead, or not noted for an hour. */
  stale: boolean;
};

/** The question somebody was asked. */
export type Asked = { command: string; answers: Record<string, string>; stamp: string };

/** What was done by a key. `request` is null when the event only moved a conversation on. */
export type Done = { key: string; user: string | null; request: { command: string; answers: Record<string, string> } | null };

/** Everything that is known when an event arrives, in one round trip. */
export type Arrival = { who: Who; program: Program; asked: Asked | null; done: Done | null };

type Row = {
  person_id: number | null;
  name: string | null;
  language: string | null;
  role: 'staff' | 'owner' | null;
  shops: string[] | null;
  shop: string | null;
  member_id: number | null;
  code: string | null;
  balance: number | null;
  debt: number | null;
  next_expiry: string | null;
  stale: boolean;
  asked: Asked | null;
  done: Done | null;
  version: number;
};

const arrival: Statement = { name: 'arrival', text: 'SELECT arrival($1, $2, $3, $4, $5, $6) AS found' };

const expired: Statement = {
  name: 'arrival_expired',
  text: `SELECT coalesce(sum(remaining), 0)::bigint AS gone, (SELECT min(expires_at) FROM lot WHERE member_id = $1 AND remaining > 0 AND expires_at > $2) AS next
    FROM lot WHERE member_id = $1 AND remaining > 0 AND expires_at <= $2`,
};

/** A balance without what has expired and still waits for the job: rare, so it has a question of its own. */
async function memberOf(db: Database, row: Row, now: Date): Promise<Who['member']> {
  if (row.member_id === null) return null;
  const member = {
    id: row.member_id,
    code: row.code ?? '',
    balance: row.balance ?? 0,
    debt: row.debt ?? 0,
    nextExpiry: row.next_expiry === null ? null : new Date(row.next_expiry),
  };
  if (!member.nextExpiry || member.nextExpiry > now) return member;
  const [late] = await db.run<{ gone: number; next: Date | null }>(expired, [member.id, now]);
  return { ...member, balance: member.balance - (late?.gone ?? 0), nextExpiry: late?.next ?? null };
}

/** Reads who is behind an address, the rules of the moment, their open question, and whether `key` was used. One round trip. */
export async function readArrival(
  db: Database,
  from: { channel: string; user: string; chat: string },
  place: string,
  key: string,
  now: Date,
): Promise<Arrival> {
  const [answer] = await db.run<{ found: Row }>(arrival, [from.channel, from.user, place, key, now.toISOString(), from.chat]);
  if (!answer) throw new Error('no program version is in force: run the migrations');
  const row = answer.found;
  const program = await programOf(db, row.version);
  const shops = row.shops ?? [];
  return {
    who: {
      personId: row.person_id,
      name: row.name ?? '',
      language: row.language,
      role: row.role,
      shop: row.role === null ? null : whereNow(program.rules, { shops, chosen: row.shop }),
      shops,
      member: await memberOf(db, row, now),
      stale: row.stale,
    },
    program,
    asked: row.asked,
    done: row.done,
  };
}
