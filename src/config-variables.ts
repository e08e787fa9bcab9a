import { z } from 'zod';

/** The languages that the program speaks. */
const languages = ['en', 'ru', 'bg', 'fi', 'pl'] as const;
export type Language = (typeof languages)[number];

const isTimezone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
};
const currencies = new Set(Intl.supportedValuesOf('currency'));
const url = (schemes: string[], say: string) =>
  z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol), say);
const web = url(['http:', 'https:'], 'write a full address, such as https://loyalty.example.com').transform((text) =>
  text.replace(/\/+$/, ''),
);
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const yes = ['on', 'true', '1'];

/** Every variable that is read, by its name; `.env.example` explains them. */
export const variables = z.object({
  NODE_ENV: z.string().optional(),
  DATABASE_URL: url(['postgres:', 'postgresql:'], 'write postgresql://user:password@host:5432/database').optional(),
  DATA_DIR: z.string().default('./data'),
  REDIS_URL: url(['redis:', 'rediss:'], 'write redis://host:6379').optional(),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'write a port number, such as 3000')
    .transform(Number)
    .refine((port) => port <= 65_535, 'write a port number up to 65535')
    .default(3000),
  PUBLIC_URL: web.optional(),
  APP_SECRET: z.string().min(16, 'write at least 16 characters; `openssl rand -base64 32` makes a good one').optional(),
  SHOP_NAME: z.string().trim().max(60, 'write at most 60 characters').default('Regulars'),
  CURRENCY: z
    .string()
    .transform((code) => code.toUpperCase())
    .refine((code) => currencies.has(code), 'write a currency code, such as EUR')
    .default('EUR'),
  TIMEZONE: z.string().refine(isTimezone, 'write a time zone, such as Europe/Helsinki').default('UTC'),
  DEFAULT_LANGUAGE: z.enum(languages, `write one of ${languages.join(', ')}`).default('en'),
  TELEGRAM_BOT_TOKEN: z
    .string()
    .regex(/^\d+:[\w-]+$/, 'copy the whole token from @BotFather: digits, a colon, letters')
    .optional(),
  TELEGRAM_API_ROOT: web.optional(),
  TELEGRAM_WEBHOOK_SECRET: z
    .string()
    // https://core.telegram.org/bots/api#setwebhook
    .regex(/^[\w-]{1,256}$/, 'use only letters, digits, _ and -, at most 256')
    .optional(),
  SLACK_BOT_TOKEN: z
    .string()
    .regex(/^(?!xapp-)\S+$/, 'copy the Bot User OAuth Token (xoxb-…) from "OAuth & Permissions"')
    .optional(),
  SLACK_APP_TOKEN: z
    .string()
    .regex(/^(?!xox)\S+$/, 'copy the App-Level Token (xapp-…) from "Basic Information"')
    .optional(),
  SLACK_SIGNING_SECRET: z.string().optional(),
  SLACK_API_URL: web.optional(),
  PLAYGROUND: z
    .string()
    .transform((word) => word.toLowerCase())
    .refine((word) => [...yes, 'off', 'false', '0'].includes(word), 'write on or off')
    .transform((word) => yes.includes(word))
    .optional(),
  LOG_LEVEL: z.enum(levels, `write one of ${levels.join(', ')}`).default('info'),
});

export type Variables = z.infer<typeof variables>;

/** What the variables that are set (`env`, none of them empty) lack or rule out between them: one line for each problem. */
export function contradictions(env: Record<string, string>): string[] {
  const has = (name: keyof Variables) => env[name] !== undefined;
  const found: string[] = [];
  if (has('DATABASE_URL') && !has('APP_SECRET')) {
    found.push('APP_SECRET: required with DATABASE_URL; `openssl rand -base64 32` makes a good one');
  }
  if (has('TELEGRAM_WEBHOOK_SECRET') && !has('TELEGRAM_BOT_TOKEN')) {
    found.push('TELEGRAM_BOT_TOKEN: required with TELEGRAM_WEBHOOK_SECRET; @BotFather gives you one');
  }
  if (has('TELEGRAM_WEBHOOK_SECRET') && !has('PUBLIC_URL')) {
    found.push('PUBLIC_URL: required with TELEGRAM_WEBHOOK_SECRET, because Telegram delivers to PUBLIC_URL/telegram');
  }
  const [app, signing] = [has('SLACK_APP_TOKEN'), has('SLACK_SIGNING_SECRET')];
  if ((app || signing) && !has('SLACK_BOT_TOKEN')) {
    found.push('SLACK_BOT_TOKEN: required with the other Slack variables; copy it (xoxb-…) from "OAuth & Permissions"');
  }
  if (has('SLACK_BOT_TOKEN') && app === signing) {
    const what = app ? 'keep only one of them' : 'set one of them';
    found.push(`SLACK_APP_TOKEN, SLACK_SIGNING_SECRET: ${what}: the app token for Socket Mode, or the signing secret for HTTP`);
  }
  return found;
}
