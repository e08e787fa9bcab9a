import { readFileSync } from 'node:fs';

const fixtures = new URL('../fixtures/', import.meta.url);

/**
 * A real purchase history (see test/fixtures/README.md; whitespace columns: customer id in the full data, customer id, date, number of CDs,
 * dollars) as the CSV that an owner would import. Members are named by the sample's own customer id.
 */
export function cdnowCsv(folder = fixtures): string {
  const lines = readFileSync(new URL('cdnow-sample.txt', folder), 'latin1').trim().split(/\r?\n/);
  const rows = lines.map((line) => {
    const [, member, date, items, dollars] = line.trim().split(/\s+/);
    return `${member},${date},${dollars},${items}\n`;
  });
  return `member,date,amount,items\n${rows.join('')}`;
}

/** What stands in it. */
export const cdnowTotals = { purchases: 6919, members: 2357, amountMinor: 24_409_194, points: 242_692 };
