import { randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import type { Context } from '../context.ts';
import type { Program } from '../rules/rules.ts';
import { type Batch, sendBatch } from './batch.ts';
import { type Line, readRecords } from './records.ts';
import { rejectedWriter } from './rejected.ts';
import { rowReader } from './row.ts';
import { Unusable } from './unusable.ts';

/**
 * What an import found. `rows` = `imported` (new) + `known` (there from an earlier run) + `rejected`; `members`, `amountMinor` and `points` are
 * of the purchases that are there now, imported and known.
 */
export type Imported = {
  rows: number;
  imported: number;
  known: number;
  rejected: number;
  members: number;
  amountMinor: number;
  points: number;
};

export type ImportOptions = {
  currency: string;
  timeZone: string;
  /** The rules that the purchases are priced by, whenever they were made. */
  program: Program;
  /** Where rejected rows go, as CSV: line, reason, then the row's own columns. Ended when the import ends; nothing rejected, nothing written. */
  rejected: Writable;
  /** Told after every batch. `bytes` is how much of the file has been read. */
  onProgress?: (progress: { rows: number; bytes: number }) => void;
};

const batchRows = 500;

/** Forgets what a run has met. Returns how many members its purchases are of. */
async function endRun(ctx: Pick<Context, 'db'>, run: string): Promise<number> {
  const [row] = await ctx.db.run<{ members: number }>(
    { name: 'ledger_import_end', text: 'SELECT ledger_import_end($1) AS members' },
    [run],
  );
  return row?.members ?? 0;
}

/**
 * Imports a purchase history: CSV with the columns `member`, `date`, `amount` and, if there, `receipt`, `shop`, `items`. A member is named by member
 * code or by whatever the file calls them; unknown ones become members without a chat. Purchases are credited as they stand in the
 * file, dated when they were made; nobody is told, nobody gets a welcome bonus. Run again, after success or a crash or with a longer
 * file, it adds only what is missing. A row that can't be imported is written to `rejected` and stops no other.
 * Memory does not grow with the file. Throws ImportError when the file as a whole makes no sense.
 */
export async function importPurchases(
  ctx: Pick<Context, 'db' | 'now'>,
  input: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<Imported> {
  const { program, currency, timeZone } = options;
  const total: Imported = { rows: 0, imported: 0, known: 0, rejected: 0, members: 0, amountMinor: 0, points: 0 };
  const batch: Batch = { run: randomUUID(), currency, lines: [] };
  let bytes = 0;
  const rejected = rejectedWriter(options.rejected);
  try {
    const { header, at, lines } = await readRecords(input, (count) => {
      bytes += count;
    });
    const readRow = rowReader({ currency, timeZone, now: ctx.now, program });
    const read = ({ line, fields, problem }: Line): Batch['lines'][number] => {
      if (problem !== undefined) return { line, fields, problem };
      try {
        return { line, fields, row: readRow(line, (name) => fields[at.get(name) ?? -1] ?? '') };
      } catch (error) {
        if (error instanceof Unusable) return { line, fields, problem: error.message };
        throw error;
      }
    };
    const flush = async () => {
      const sent = await sendBatch(ctx, batch);
      const problems = batch.lines.filter((line) => line.problem !== undefined).sort((a, b) => a.line - b.line);
      await rejected.write(header, problems);
      total.rows += batch.lines.length;
      total.rejected += problems.length;
      for (const name of ['imported', 'known', 'amountMinor', 'points'] as const) total[name] += sent[name];
      batch.lines = [];
      options.onProgress?.({ rows: total.rows, bytes });
    };
    for await (const line of lines) {
      batch.lines.push(read(line));
      if (batch.lines.length >= batchRows) await flush();
    }
    if (batch.lines.length > 0) await flush();
    return { ...total, members: await endRun(ctx, batch.run) };
  } catch (error) {
    // If this fails too, the database is why, and a later import tidies up.
    await endRun(ctx, batch.run).catch(() => {});
    throw error;
  } finally {
    await rejected.end();
  }
}
