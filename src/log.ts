import { pino } from 'pino';
import type { Log } from './chat/channel.ts';
import type { Config } from './config.ts';

// Tokens stand in every URL of the Bot API and so in error messages: the finished line is searched, whatever it came from.
const tokens =
  /\b\d{6,12}:[\w-]{30,}|\bx(?:ox[a-z]|app)-[\w-]{8,}|\b(?:own|inv)_[0-9A-Z]{16}\b|(?<=:\/\/[^:/@\s]{1,64}:)[^@\s/]+(?=@)/g;

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
    serializers: { err: pino.stdSerializers.err },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return pino(options, { write: (line: string) => void process.stderr.write(clean(line)) });
}
