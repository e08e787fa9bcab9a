import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One migration of the folder, in the order of names. */
export type Migration = { name: string; script: string };

/** The folder `prisma` beside package.json, found from the sources and from the build alike. */
export function prismaFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return join(folder, 'prisma');
  }
  throw new Error('The folder prisma/ with the migrations is missing beside package.json.');
}

/** Reads a folder of migrations. */
export function readMigrations(folder: string): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({ name: entry.name, path: join(folder, entry.name, 'migration.sql') }))
    .filter(({ path }) => existsSync(path))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, path }) => ({ name, script: readFileSync(path, 'utf8') }));
}

/** The checksums that a script may have in `_prisma_migrations`: a checkout on Windows ends its lines in another way. */
export const checksumsOf = (script: string): string[] => {
  const lf = script.replaceAll('\r\n', '\n');
  return [lf, lf.replaceAll('\n', '\r\n')].map((text) => createHash('sha256').update(text).digest('hex'));
};
