import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type OpenDatabase, openDatabase } from '../../src/database/client.ts';

/**
 * A database of its own for a test file: migrated (unless `empty`) and without rows.
 * @returns its address; nobody is connected to it
 */
export async function freshUrl({ empty = false } = {}): Promise<string> {
  const name = `t_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  const server = new pg.Client({ connectionString: inject('serverUrl') });
  await server.connect();
  try {
    await server.query(
      empty ? `create database ${name}` : `create database ${name} template template_migrated strategy file_copy`,
    );
  } finally {
    await server.end();
  }
  return Object.assign(new URL(inject('serverUrl')), { pathname: `/${name}` }).href;
}

/** Connects to a database of its own for a test file. Call `close` in `afterAll`. */
export async function freshDatabase({ max = 8 } = {}): Promise<OpenDatabase & { url: string }> {
  const url = await freshUrl();
  return { ...(await openDatabase({ url, max })), url };
}
