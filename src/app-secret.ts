import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The secret of a deployment that was given none: made on the first call and kept in `dataDir`, for its owner's eyes only.
 * @throws what the file system throws when the folder cannot be written
 */
export function keptAppSecret(dataDir: string): string {
  const path = join(dataDir, 'app-secret');
  // Others may pass through this folder (the database's user has to) but not look into it.
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  try {
    writeFileSync(path, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(path, 'utf8').trim();
}
