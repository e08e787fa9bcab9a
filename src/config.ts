import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { keptAppSecret } from './app-secret.ts';
import { contradictions, type Language, type Variables, variables } from './config-variables.ts';

/** What a deployment is told by its environment. A messenger that is not configured has no key here. */
export type Config = {
  production: boolean;
  /** Absent: the embedded database under `dataDir`. */
  databaseUrl?: string;
  dataDir: string;
  /** Absent: queues live in PostgreSQL. */
  redisUrl?: string;
  port: number;
  /** Where the world reaches us, without a slash at the end. */
  publicUrl?: string;
  appSecret: string;
  shop: { name: string; currency: string; timezone: string; language: Language };
  telegram?: { token: string; apiRoot?: string; webhookSecret?: string };
  slack?: { botToken: string; apiUrl?: string } & ({ appToken: string } | { signingSecret: string });
  playground: boolean;
  logLevel: string;
};

/** Variables that are missing or wrong: one line for each in `problems`, saying what to do; all of them in the message. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration needs your attention:\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const slackOf = (v: Variables): Config['slack'] => {
  if (v.SLACK_BOT_TOKEN === undefined) return undefined;
  const door =
    v.SLACK_APP_TOKEN === undefined ? { signingSecret: v.SLACK_SIGNING_SECRET ?? '' } : { appToken: v.SLACK_APP_TOKEN };
  return { botToken: v.SLACK_BOT_TOKEN, ...door, ...given({ apiUrl: v.SLACK_API_URL }) };
};

/** Without the keys whose value is absent. */
const given = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

/**
 * Reads the configuration. Empty variables count as absent. With the embedded database a missing APP_SECRET is made and kept in
 * DATA_DIR.
 * @throws ConfigError with every problem at once
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const set = Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => (pair[1] ?? '').trim() !== ''));
  const parsed = variables.safeParse(set);
  const wrong = parsed.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
  const problems = [...new Set([...wrong, ...contradictions(set)])];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  const v = parsed.data;
  const production = v.NODE_ENV === 'production';
  const telegram =
    v.TELEGRAM_BOT_TOKEN === undefined
      ? undefined
      : { token: v.TELEGRAM_BOT_TOKEN, ...given({ apiRoot: v.TELEGRAM_API_ROOT, webhookSecret: v.TELEGRAM_WEBHOOK_SECRET }) };
  const slack = slackOf(v);
  const dataDir = resolve(v.DATA_DIR);
  return {
    production,
    dataDir,
    port: v.PORT,
    appSecret: v.APP_SECRET ?? secretIn(dataDir),
    shop: { name: v.SHOP_NAME, currency: v.CURRENCY, timezone: v.TIMEZONE, language: v.DEFAULT_LANGUAGE },
    playground: v.PLAYGROUND ?? (!production && telegram === undefined && slack === undefined),
    logLevel: v.LOG_LEVEL,
    ...given({ databaseUrl: v.DATABASE_URL, redisUrl: v.REDIS_URL, publicUrl: v.PUBLIC_URL, telegram, slack }),
  };
}

function secretIn(dataDir: string): string {
  try {
    return keptAppSecret(dataDir);
  } catch (error) {
    throw new ConfigError([
      `DATA_DIR: ${dataDir} cannot be written (${(error as NodeJS.ErrnoException).code}); choose a folder that you may write`,
    ]);
  }
}

/** Takes variables from `.env` in the current folder, if there is one; those already set win. */
export function loadDotEnv(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}
