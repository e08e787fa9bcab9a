import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import type { Database } from '../../src/program/context.ts';
import { type ImportOptions, importPurchases } from '../../src/program/import/import-purchases.ts';
import { type Plain, plainProgram, published, rulesOf } from './ledger.ts';

/** The moment of every import in the tests. */
export const importedAt = new Date('2026-03-31T10:00:00Z');

/** Imports a text or a stream into a database. `rejections` is what was written for rejected rows, header first. */
export async function bring(
  db: Pick<Database, 'run'> & Partial<Database>,
  csv: string | AsyncIterable<Uint8Array>,
  { plain = plainProgram, ...options }: Partial<ImportOptions> & { plain?: Plain } = {},
) {
  // A sale can be refunded only under a version that there is; some doubles of a database keep none.
  const program = db.prisma ? await published(db as Database, rulesOf(plain)) : { version: 1, rules: rulesOf(plain) };
  const rejected = new PassThrough();
  const reading = options.rejected ? '' : text(rejected);
  const input = typeof csv === 'string' ? Readable.from([Buffer.from(csv)]) : csv;
  const settings = { currency: 'EUR', timeZone: 'Europe/Helsinki', program, rejected, ...options };
  const imported = await importPurchases({ db: db as Database, now: importedAt }, input, settings);
  return { ...imported, rejections: parse(await reading, { relax_column_count: true }) as string[][] };
}

/** A text as the network or a disk would hand it over. */
export async function* inPieces(whole: string, bytes = 1_000): AsyncGenerator<Buffer> {
  const buffer = Buffer.from(whole);
  for (let at = 0; at < buffer.length; at += bytes) yield buffer.subarray(at, at + bytes);
}
