import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import type { Database } from '../../src/program/context.ts';
import { type ImportOptions, importPurchases } from '../../src/program/import/import-purchases.ts';
import { plainProgram } from './ledger.ts';

/** The moment of every import in the tests. */
export const importedAt = new Date('2026-03-31T10:00:00Z');

/** Imports a text or a stream into a database. `rejections` is what was written for rejected rows, header first. */
export async function bring(
  db: Pick<Database, 'run'>,
  csv: string | AsyncIterable<Uint8Array>,
  options: Partial<ImportOptions> = {},
) {
  const rejected = new PassThrough();
  const reading = options.rejected ? '' : text(rejected);
  const input = typeof csv === 'string' ? Readable.from([Buffer.from(csv)]) : csv;
  const settings = { currency: 'EUR', timeZone: 'Europe/Helsinki', program: plainProgram, rejected, ...options };
  const imported = await importPurchases({ db: db as Database, now: importedAt }, input, settings);
  return { ...imported, rejections: parse(await reading, { relax_column_count: true }) as string[][] };
}

/** A text as the network or a disk would hand it over. */
export async function* inPieces(whole: string, bytes = 1_000): AsyncGenerator<Buffer> {
  const buffer = Buffer.from(whole);
  for (let at = 0; at < buffer.length; at += bytes) yield buffer.subarray(at, at + bytes);
}
