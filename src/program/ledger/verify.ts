import { budgetChecks } from '../campaigns/checks.ts';
import type { Database, Statement } from '../context.ts';
import { codeChecks } from '../gifts/checks.ts';
import { couponChecks, stockChecks } from '../rewards/checks.ts';
import { factChecks } from '../segments/checks.ts';
import { carryChecks, carryRows } from './carry-checks.ts';
import { entryChecks, lotChecks, refundChecks, rows, saleChecks, walletChecks } from './checks.ts';
import { erasureChecks } from './erasure-checks.ts';
import { mergeChecks } from './merge-checks.ts';

/** A row that breaks an invariant: where it is, whose it is, what is off, what it should be and what it is. */
export type Problem = { table: string; id: string; member: number | null; what: string; expected: string; found: string };

/** `points` is the sum of all balances. At most the first hundred problems are named; `problemCount` counts them all. */
export type Verified = { entries: number; members: number; points: number; problems: Problem[]; problemCount: number };

/** How far a verification has come, in entries. */
export type Progress = { done: number; total: number };

export type VerifyOptions = {
  /** Told after every batch. */
  onProgress?: (progress: Progress) => void;
  /** About how many entries are checked in one round trip; a member's are never divided. */
  batchEntries?: number;
};

const namedProblems = 100;
const lastId = 2_147_483_647;

const answer = (problems: string) => `
  SELECT (SELECT count(*) FROM ${problems}) AS problem_count,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('table', place, 'id', id, 'member', member, 'what', what, 'expected', coalesce(expected, 'none'),
      'found', coalesce(found, 'none'))), '[]') FROM (SELECT * FROM ${problems} LIMIT ${namedProblems}) named) AS problems`;

// One statement, so one moment of the ledger, however busy it is.
const batch: Statement = {
  name: 'ledger_verify',
  text: `
  WITH ${rows}, ${carryRows}, problem (place, id, member, what, expected, found) AS MATERIALIZED (
    ${[entryChecks, lotChecks, walletChecks, saleChecks, refundChecks, carryChecks, mergeChecks, couponChecks, codeChecks, factChecks, erasureChecks].join('\n    UNION ALL\n')}
  ) ${answer('problem')}, (SELECT count(*) FROM e) AS entries, (SELECT count(*) FROM member WHERE id > $1 AND id <= $2) AS members,
    (SELECT coalesce(sum(balance), 0)::bigint FROM wallet WHERE member_id > $1 AND member_id <= $2) AS points`,
};

// Rows that hang in the air belong to no batch. The database's foreign keys refuse them; whoever wrote past those is found here.
const orphans: Statement = {
  name: 'ledger_orphans',
  text: `
  WITH problem (place, id, member, what, expected, found) AS MATERIALIZED (
    SELECT 'wallet', w.member_id::text, w.member_id, 'member', w.member_id::text, 'no member' FROM wallet w LEFT JOIN member m ON m.id = w.member_id WHERE m.id IS NULL
    UNION ALL
    SELECT 'entry', e.id::text, e.member_id, 'member', e.member_id::text, 'no wallet' FROM entry e LEFT JOIN wallet w USING (member_id) WHERE w.member_id IS NULL
    UNION ALL
    SELECT 'sale', s.id::text, s.member_id, 'member', s.member_id::text, 'no wallet' FROM sale s LEFT JOIN wallet w USING (member_id) WHERE w.member_id IS NULL
    UNION ALL
    SELECT 'lot', l.id::text, l.member_id, 'entry', l.entry_id::text, 'no entry' FROM lot l LEFT JOIN entry e ON e.id = l.entry_id WHERE e.id IS NULL
    UNION ALL
    SELECT 'allocation', a.entry_id || '/' || a.lot_id, l.member_id, 'entry', a.entry_id::text, 'no entry'
      FROM allocation a LEFT JOIN entry e ON e.id = a.entry_id LEFT JOIN lot l ON l.id = a.lot_id WHERE e.id IS NULL
    UNION ALL
    SELECT 'refund', r.id::text, NULL, 'sale', r.sale_id::text, 'no sale' FROM refund r LEFT JOIN sale s ON s.id = r.sale_id WHERE s.id IS NULL
    UNION ALL
    ${stockChecks}
    UNION ALL ${budgetChecks}
  ) ${answer('problem')}`,
};

const plan: Statement = {
  name: 'ledger_verify_plan',
  text: `
  SELECT max(member_id) AS upto, sum(version)::bigint AS entries FROM (
    SELECT member_id, version, trunc(sum(version) OVER (ORDER BY member_id) / $1) AS part FROM wallet
  ) w GROUP BY part ORDER BY upto`,
};

type Found = { problem_count: number; problems: Problem[] };

/**
 * Re-checks the whole ledger while the program runs: hash chains, versions, running balances, lots and allocations, wallets, sales against
 * their entries and snapshots, cards that became one and parted, undone sales against their refunds, carried remainders, what segments
 * know of purchases. The time is linear in the number of entries.
 * Changes nothing.
 */
export async function verify(
  db: Pick<Database, 'run'>,
  { onProgress, batchEntries = 2_000 }: VerifyOptions = {},
): Promise<Verified> {
  const parts = await db.run<{ upto: number; entries: number }>(plan, [batchEntries]);
  const total = parts.reduce((sum, part) => sum + part.entries, 0);
  const verified: Verified = { entries: 0, members: 0, points: 0, problems: [], problemCount: 0 };
  const note = (found: Found | undefined) => {
    verified.problemCount += found?.problem_count ?? 0;
    verified.problems.push(...(found?.problems ?? []).slice(0, namedProblems - verified.problems.length));
  };
  let after = 0;
  let done = 0;
  for (const [index, part] of (parts.length > 0 ? parts : [{ upto: lastId, entries: 0 }]).entries()) {
    // The last batch takes in who has joined meanwhile.
    const upto = index >= parts.length - 1 ? lastId : part.upto;
    const [found] = await db.run<Found & { entries: number; members: number; points: number }>(batch, [after, upto]);
    note(found);
    for (const name of ['entries', 'members', 'points'] as const) verified[name] += found?.[name] ?? 0;
    after = upto;
    done += part.entries;
    onProgress?.({ done, total });
  }
  const [hanging] = await db.run<Found>(orphans, []);
  note(hanging);
  return verified;
}
