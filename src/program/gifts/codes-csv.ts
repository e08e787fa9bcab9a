import { stringify } from 'csv-stringify/sync';

/** Codes as CSV, one a line: `code`, `link`, `gives`, `until`. What a spreadsheet would take for a formula is made harmless. */
export function codesCsv(codes: readonly { shown: string; link: string }[], gives: string, until: string): Uint8Array {
  const rows = codes.map(({ shown, link }) => [shown, link, gives, until]);
  const columns = ['code', 'link', 'gives', 'until'];
  return new TextEncoder().encode(stringify(rows, { header: true, columns, escape_formulas: true }));
}
