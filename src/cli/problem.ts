import { ConfigError } from '../config.ts';

/** Something the person at the terminal can mend: a sentence that says what to do, no stack. */
export class UserError extends Error {
  override readonly name: string = 'UserError';
}

const plain = new Set(['UserError', 'ConfigError', 'EmbeddedError', 'MigrationError', 'QueueUnfit']);

const byCode: Readonly<Record<string, (error: NodeJS.ErrnoException & { port?: number }) => string>> = {
  EADDRINUSE: (error) => `Port ${error.port} is in use by another program: stop that one, or set PORT to a free one.`,
  EACCES: (error) => `This may not be used: ${error.path ?? `port ${error.port}`}. Choose another, or change the rights.`,
  ENOENT: (error) => `There is no file ${error.path ?? ''}.`,
  // https://www.postgresql.org/docs/current/errcodes-appendix.html
  '28P01': () => 'The database refuses this user or password: check DATABASE_URL.',
  '28000': () => 'The database refuses this user or password: check DATABASE_URL.',
  '3D000': () => 'There is no such database on that server: make it, or correct DATABASE_URL.',
  ENOTFOUND: () => 'There is no such server: check the address in DATABASE_URL.',
  ECONNREFUSED: (error) => `Nothing answers at ${error.path ?? `port ${error.port}`}: is the database (DATABASE_URL) running?`,
};

/** What to print when a command ends with an error: a sentence for what can be mended, the stack for what is our fault. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (
    error instanceof ConfigError ||
    plain.has(error.name) ||
    (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS')
  )
    return error.message;
  return byCode[(error as NodeJS.ErrnoException).code ?? '']?.(error as NodeJS.ErrnoException) ?? error.stack ?? error.message;
}
