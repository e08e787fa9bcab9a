import { pino } from 'pino';
import type { Log } from './chat/channel.ts';
import type { Config } from './config.ts';

// Tokens stand in every URL of the Bot API and so in error messages: the finished line is searched, whatever it came from.
const tokens =
  /\b\d{6,12}:[\w-]{30,}|\bx(?:ox[a-z]|app)-[\w-]{8,}|\b(?:own|inv)_[0-9A-Z]{16}\b|(?<=:\/\/[^:/@\s]{1,64}:)[^@\s/]+(?=@)/g;

type ErrorFacts = { type: string; message: string; stack: string; code?: string; errors?: unknown[] };

/**
 * What of an error may stand in a log: its kind, its words with those of its causes, where, and its code. Drivers hang rows and
 * parameters on their errors ("Failing row contains …"), which are what people wrote, and PostgreSQL quotes values that are malformed.
 */
function errorFacts(error: unknown): ErrorFacts | string {
  if (!(error instanceof Error)) return typeof error;
  const { type, message, stack } = pino.stdSerializers.err(error);
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const errors = error instanceof AggregateError ? { errors: error.errors.map(errorFacts) } : {};
  // Class 22, data exceptions: https://www.postgresql.org/docs/current/errcodes-appendix.html
  const quotes = code.code?.startsWith('22') === true;
  const where = quotes ? (stack.match(/^\s+at .*$/gm) ?? []).join('\n') : stack;
  return { type, message: quotes ? 'a value is malformed' : message, stack: where, ...code, ...errors };
}

/** One line of JSON per fact, on stderr: no secret and no personal data in it. */
export function createLog(config: Pick<Config, 'logLevel'> & Partial<Pick<Config, 'appSecret' | 'telegram'>>): Log {
  const secrets = [config.appSecret, config.telegram?.token, config.telegram?.webhookSecret].filter((one): one is string =>
    Boolean(one),
  );
  const clean = (line: string): string =>
    secrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), line.replace(tokens, '[secret]'));
  const options = {
    level: config.logLevel,
    base: null,
    serializers: { err: errorFacts },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return pino(options, { write: (line: string) => void process.stderr.write(clean(line)) });
}
