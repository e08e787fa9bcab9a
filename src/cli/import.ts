import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { readConfig } from '../config.ts';
import { importPurchases } from '../program/import/import-purchases.ts';
import { minorPerUnit } from '../program/money.ts';
import { ensureProgram, programAt } from '../program/settings/program.ts';
import { counted } from './counted.ts';
import { withDatabase } from './database.ts';
import { lazyFile } from './lazy-file.ts';
import { UserError } from './problem.ts';
import { progressBar } from './progress.ts';

/** Imports a CSV of purchases; run again it changes nothing. Rejected rows go into a file beside it. */
export async function run([path]: string[], json: boolean): Promise<number> {
  if (!path)
    throw new UserError(
      'Which file? npm run cli -- import purchases.csv (columns member,date,amount and optional receipt,shop,items)',
    );
  const { size } = await stat(path);
  const { shop } = readConfig(process.env);
  const now = new Date();
  const rejectedPath = `${path.replace(/\.csv$/i, '')}.rejected.csv`;
  const bar = progressBar('Importing');
  const done = await withDatabase(readConfig(process.env), async (db) => {
    await ensureProgram(db, minorPerUnit(shop.currency), now);
    return importPurchases({ db, now }, createReadStream(path), {
      currency: shop.currency,
      timeZone: shop.timezone,
      program: await programAt(db, now),
      rejected: lazyFile(rejectedPath),
      onProgress: ({ bytes }) => bar.show(size === 0 ? 1 : bytes / size),
    });
  });
  bar.done();
  const rejectedFile = done.rejected > 0 ? rejectedPath : null;
  if (json) process.stdout.write(`${JSON.stringify({ ...done, rejectedFile })}\n`);
  else {
    const amount = new Intl.NumberFormat('en', { style: 'currency', currency: shop.currency }).format(
      done.amountMinor / minorPerUnit(shop.currency),
    );
    process.stdout.write(
      `${counted(done.rows, 'row', 'rows')}: ${done.imported} imported, ${done.known} known already, ${done.rejected} rejected${rejectedFile ? ` (${rejectedFile})` : ''}.\n`,
    );
    process.stdout.write(
      `${counted(done.members, 'member', 'members')}, ${amount}, ${counted(done.points, 'point', 'points')}.\n`,
    );
  }
  return 0;
}
