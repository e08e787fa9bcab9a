/** A line that can't be a record, put aside before the parser sees it. */
export type Aside = (line: number, text: string, reason: string) => void;

/** No record is this long; a line that is would only fill the memory. */
const longestLine = 100_000;

const oddQuotes = (line: string): boolean => {
  let quotes = 0;
  for (let at = line.indexOf('"'); at !== -1; at = line.indexOf('"', at + 1)) quotes += 1;
  return quotes % 2 === 1;
};

/**
 * The lines of a file as text, many at a time. No field of ours has a line break in it, so a quote that stays open would swallow
 * the lines behind it: such a line is put aside, and an empty one keeps the count right. A byte-order mark is dropped. `read` is told how
 * many bytes have been read.
 */
export async function* linesOf(
  input: AsyncIterable<Uint8Array>,
  aside: Aside,
  read: (bytes: number) => void,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let tooLong = false;
  let count = 0;
  const keep = (raw: string): string => {
    count += 1;
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (tooLong || line.length > longestLine) aside(count, '', 'the line is too long');
    else if (oddQuotes(line)) aside(count, line, 'a quotation mark is not closed');
    else return `${line}\n`;
    tooLong = false;
    return '\n';
  };
  for await (const chunk of input) {
    read(chunk.length);
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > longestLine) {
      rest = '';
      tooLong = true;
    }
    if (parts.length > 0) yield parts.map(keep).join('');
  }
  rest += decoder.decode();
  if (rest !== '' || tooLong) yield keep(rest);
}
