import { pipeline, Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import { linesOf } from './lines.ts';

/** The file as a whole can't be imported. The message says why; nothing of it has been imported. */
class ImportError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ImportError';
  }
}

export const columns = ['member', 'date', 'amount', 'receipt', 'shop', 'items'] as const;
export type Column = (typeof columns)[number];
const required: readonly Column[] = ['member', 'date', 'amount'];

/** A line of the file: its fields in the order of the header, or why it isn't a record. */
export type Line = { line: number; fields: readonly string[]; problem?: string };

/** A file that is being read. `header` is as it was written, `at` says where a column of ours stands. */
export type Records = { header: readonly string[]; at: ReadonlyMap<Column, number>; lines: AsyncGenerator<Line> };

/** What separates the fields: whichever of `;`, tab and `,` stands in the header most often. */
const delimiterOf = (header: string): string =>
  [';', '\t', ','].reduce((best, next) => (header.split(next).length > header.split(best).length ? next : best));

function placesOf(header: readonly string[]): Map<Column, number> {
  const names = header.map((name) => name.trim().toLowerCase());
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new ImportError(
      `The first line must name the columns: ${required.join(', ')} (also known: receipt, shop, items). Missing: ${missing.join(', ')}.`,
    );
  }
  const twice = columns.filter((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (twice.length > 0) throw new ImportError(`A column is named twice in the first line: ${twice.join(', ')}.`);
  return new Map(columns.filter((name) => names.includes(name)).map((name) => [name, names.indexOf(name)]));
}

/** Text up to and with the first line that isn't empty. */
async function upToHeader(text: AsyncGenerator<string>): Promise<string> {
  let start = '';
  while (!/\S.*\n/.test(start)) {
    const next = await text.next();
    if (next.done) throw new ImportError('The file is empty: its first line must name the columns member, date and amount.');
    start += next.value;
  }
  return start;
}

async function* backTogether(start: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield start;
  yield* rest;
}

/**
 * Reads a CSV file as a stream: separated by comma, semicolon or tab (the header decides), quoted where needed, columns in any order, other
 * columns passed over. Memory holds one chunk, however long the file.
 * @throws ImportError when the header lacks a column
 */
export async function readRecords(input: AsyncIterable<Uint8Array>, read: (bytes: number) => void): Promise<Records> {
  const problems: Line[] = [];
  const text = linesOf(input, (line, broken, problem) => problems.push({ line, fields: [broken], problem }), read);
  const start = await upToHeader(text);
  const delimiter = delimiterOf(start.trimStart().split('\n', 1)[0] ?? '');
  const parser = parse({
    delimiter,
    record_delimiter: '\n',
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error: CsvError | undefined) => {
      const line = Number(error?.['lines'] ?? 0);
      // One report per line, however many quotes are wrong in it.
      if (problems.at(-1)?.line !== line)
        problems.push({ line, fields: [], problem: 'a quotation mark stands where none may be' });
    },
  });
  // An error of the input ends the parser too; whoever reads the lines gets it.
  pipeline(Readable.from(backTogether(start, text)), parser, () => {});
  const parsed = parser[Symbol.asyncIterator]() as AsyncIterator<{ record: string[]; info: { lines: number } }>;

  async function* lines(header: readonly string[]): AsyncGenerator<Line> {
    try {
      for (let next = await parsed.next(); !next.done; next = await parsed.next()) {
        yield* problems.splice(0);
        const { record: fields, info } = next.value;
        const problem =
          fields.length === header.length ? undefined : `${fields.length} fields where the header has ${header.length}`;
        yield { line: info.lines, fields, ...(problem !== undefined && { problem }) };
      }
      yield* problems.splice(0);
    } finally {
      parser.destroy();
    }
  }
  try {
    const first = await parsed.next();
    const header = first.done ? [] : first.value.record;
    return { header, at: placesOf(header), lines: lines(header) };
  } catch (error) {
    parser.destroy();
    throw error;
  }
}
