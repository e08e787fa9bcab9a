import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cancel, confirm, intro, isCancel, log, outro, password, select, text } from '@clack/prompts';
import { checkSlack, checkTelegram } from './check-token.ts';

type Answers = Record<string, string>;

const languages = { en: 'English', ru: 'Русский', bg: 'Български', fi: 'Suomi', pl: 'Polski' };

class Stopped extends Error {}

function must<Value>(value: Value): Exclude<Value, symbol> {
  if (isCancel(value)) throw new Stopped();
  return value as Exclude<Value, symbol>;
}

const given = (name: string, fallback: string): string => process.env[name] || fallback;

async function askShop(): Promise<Answers> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    SHOP_NAME: must(
      await text({
        message: 'What is your shop called?',
        initialValue: given('SHOP_NAME', ''),
        validate: (value) => (value?.trim() ? undefined : 'A name, please.'),
      }),
    ).trim(),
    CURRENCY: must(
      await text({
        message: 'Which currency do you take? (three letters)',
        initialValue: given('CURRENCY', 'EUR'),
        validate: (value) =>
          Intl.supportedValuesOf('currency').includes(value?.trim().toUpperCase() ?? '')
            ? undefined
            : 'Three letters, like EUR or PLN.',
      }),
    )
      .trim()
      .toUpperCase(),
    TIMEZONE: must(
      await text({
        message: 'Which time zone are you in?',
        initialValue: given('TIMEZONE', zone),
        validate: (value) => (isZone(value?.trim() ?? '') ? undefined : 'Like Europe/Helsinki or Europe/Sofia.'),
      }),
    ).trim(),
    DEFAULT_LANGUAGE: must(
      await select({
        message: 'Which language do you speak at the counter?',
        initialValue: given('DEFAULT_LANGUAGE', 'en'),
        options: Object.entries(languages).map(([value, label]) => ({ value, label })),
      }),
    ),
  };
}

function isZone(value: string): boolean {
  try {
    return value !== '' && Boolean(new Intl.DateTimeFormat('en', { timeZone: value }));
  } catch {
    return false;
  }
}

/** Asks for a token until the messenger knows it, or the person leaves it out. */
async function askToken(message: string, check: (token: string) => Promise<string>): Promise<string> {
  for (;;) {
    const token = must(await password({ message: `${message} (leave empty to skip)` })).trim();
    if (token === '') return '';
    try {
      log.success(await check(token));
      return token;
    } catch (error) {
      log.error(error instanceof Error ? error.message : String(error));
    }
  }
}

async function askTelegram(): Promise<Answers> {
  if (!must(await confirm({ message: 'Connect Telegram?', initialValue: true }))) return {};
  log.info('In Telegram, write /newbot to @BotFather and copy the token it gives you.');
  const token = await askToken('Telegram token', (value) => checkTelegram(value, process.env.TELEGRAM_API_ROOT));
  return token ? { TELEGRAM_BOT_TOKEN: token } : {};
}

async function askSlack(): Promise<Answers> {
  if (!must(await confirm({ message: 'Connect Slack?', initialValue: false }))) return {};
  log.info(
    'Print the manifest with npm run cli -- slack-manifest, create an app from it at api.slack.com/apps, install it, and copy its tokens.',
  );
  const bot = await askToken('Bot token (xoxb-…)', (value) => checkSlack(value, process.env.SLACK_API_URL));
  if (!bot) return {};
  const app = must(
    await password({
      message: 'App-level token with connections:write (xapp-…)',
      validate: (value) => (value?.startsWith('xapp-') ? undefined : 'It begins with xapp-'),
    }),
  );
  return { SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app.trim() };
}

// Node's reader of .env files knows three kinds of quotes and no way to escape one. Between single quotes nothing is replaced.
function quoted(value: string): string {
  if (/^[\w./:+@-]*$/.test(value)) return value;
  const quote = ["'", '`', '"'].find((one) => !value.includes(one));
  return quote ? `${quote}${value}${quote}` : `'${value.replaceAll("'", '’')}'`;
}

/** Puts answers into the text of a .env file: lines it has are replaced, the rest is left as it is. */
export function mergeEnv(before: string, answers: Answers): string {
  const left = new Map(Object.entries(answers));
  const lines = before.split('\n').map((line) => {
    const name = /^\s*(?:export\s+)?([A-Z_]+)\s*=/.exec(line)?.[1];
    const value = name === undefined ? undefined : left.get(name);
    if (name === undefined || value === undefined) return line;
    left.delete(name);
    return `${name}=${quoted(value)}`;
  });
  const added = [...left].map(([name, value]) => `${name}=${quoted(value)}`);
  return `${[...lines.filter((line, at) => at < lines.length - 1 || line !== ''), ...added].join('\n').replace(/^\n+/, '')}\n`;
}

/** Asks what the program needs to know and writes it into .env. */
export async function run(): Promise<number> {
  intro('Regulars');
  try {
    const answers = { ...(await askShop()), ...(await askTelegram()), ...(await askSlack()) };
    const before = existsSync('.env') ? readFileSync('.env', 'utf8') : '';
    writeFileSync('.env', mergeEnv(before, answers), { mode: 0o600 });
    // Also when it was there already, for everybody to read: there are tokens in it now.
    chmodSync('.env', 0o600);
    outro('Written to .env. Start with: npm start');
    return 0;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    cancel('Nothing was changed.');
    return 1;
  }
}
