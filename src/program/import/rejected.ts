import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { Line } from './records.ts';

/**
 * Writes rejected rows as CSV: line and reason, then the row as it was, so that the file can be mended and imported. What a spreadsheet
 * would take for a formula is made harmless.
 */
export function rejectedWriter(file: Writable) {
  const csv = stringify({ escape_formulas: true });
  csv.pipe(file);
  const done = finished(file);
  // Heard again by `end`; until then nobody else listens.
  done.catch(() => {});
  let begun = false;
  const put = async (fields: readonly unknown[]) => {
    if (!csv.write(fields)) await Promise.race([once(csv, 'drain'), done]);
  };
  return {
    async write(header: readonly string[], lines: readonly Line[]): Promise<void> {
      if (lines.length > 0 && !begun) await put(['line', 'reason', ...header.map((name) => name.trim())]);
      begun ||= lines.length > 0;
      for (const { line, problem, fields } of lines) await put([line, problem, ...fields]);
    },
    /** Resolves when everything has been written. */
    async end(): Promise<void> {
      csv.end();
      await done;
    },
  };
}
