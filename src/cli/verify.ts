import { readConfig } from '../config.ts';
import { verify } from '../program/ledger/verify.ts';
import { counted } from './counted.ts';
import { withDatabase } from './database.ts';
import { progressBar } from './progress.ts';

/** Re-checks the whole ledger; exit 1 and the offending rows when something is off. */
export async function run(_args: string[], json: boolean): Promise<number> {
  const bar = progressBar('Checking');
  const found = await withDatabase(readConfig(process.env), (db) =>
    verify(db, { onProgress: ({ done, total }) => bar.show(total === 0 ? 1 : done / total) }),
  );
  bar.done();
  const ok = found.problemCount === 0;
  if (json) process.stdout.write(`${JSON.stringify({ ok, ...found })}\n`);
  else {
    process.stdout.write(
      `${counted(found.entries, 'entry', 'entries')} of ${counted(found.members, 'member', 'members')}, ${counted(found.points, 'point', 'points')}: ${ok ? 'everything adds up' : `${counted(found.problemCount, 'thing is', 'things are')} off`}.\n`,
    );
    for (const one of found.problems)
      process.stdout.write(
        `  ${one.table} ${one.id} (member ${one.member ?? '-'}): ${one.what}: found ${one.found}, expected ${one.expected}\n`,
      );
  }
  return ok ? 0 : 1;
}
