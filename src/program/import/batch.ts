import { newCode } from '../codes.ts';
import type { Context, Statement } from '../context.ts';
import type { Line } from './records.ts';
import type { Row } from './row.ts';
import { reasonOf } from './unusable.ts';

/** Lines on their way into the database. Sending fills in the problems of those that it refused. */
export type Batch = { run: string; currency: string; lines: (Line & { row?: Row })[] };

type Sums = { imported: number; known: number; amountMinor: number; points: number };
type Result = Sums & { refused: { line: number; code: string; params: Record<string, unknown> }[]; again: number[] };

const statement: Statement = { name: 'ledger_import', text: 'SELECT ledger_import($1, $2, $3, $4) AS result' };

// Nothing of a batch is there when it lost to somebody who waited for us (deadlock detected, serialization failure): it may be sent again.
const lostToOthers = new Set(['40P01', '40001']);
const tries = 5;

async function send({ db, now }: Pick<Context, 'db' | 'now'>, { run, currency }: Batch, rows: readonly Row[]): Promise<Result> {
  const given = rows.map((row) => ({ ...row, spare: newCode() }));
  const values = [run, now, currency, JSON.stringify(given)];
  for (let left = tries; ; left -= 1) {
    try {
      const [row] = await db.run<{ result: Result }>(statement, values);
      if (!row) throw new Error('ledger_import returned nothing');
      return row.result;
    } catch (error) {
      if (left <= 1 || !lostToOthers.has((error as { code?: string }).code ?? '')) throw error;
    }
  }
}

/** Credits the rows of a batch in one round trip (and another for members whose new code was somebody's). */
export async function sendBatch(ctx: Pick<Context, 'db' | 'now'>, batch: Batch): Promise<Sums> {
  const sums: Sums = { imported: 0, known: 0, amountMinor: 0, points: 0 };
  const byLine = new Map(batch.lines.map((line) => [line.line, line]));
  let rows = batch.lines.flatMap(({ row }) => row ?? []);
  while (rows.length > 0) {
    const result = await send(ctx, batch, rows);
    for (const name of ['imported', 'known', 'amountMinor', 'points'] as const) sums[name] += result[name];
    for (const refused of result.refused) {
      const line = byLine.get(refused.line);
      if (line) line.problem = reasonOf(refused);
    }
    const again = new Set(result.again);
    rows = rows.filter((row) => again.has(row.line));
  }
  return sums;
}
