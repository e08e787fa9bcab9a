import { setTimeout as sleep } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import type { App, Part } from '../app.ts';
import { type Config, readConfig } from '../config.ts';
import { migrate } from '../database/migrate.ts';
import { createLog } from '../log.ts';
import { databaseOf } from './database.ts';

/** How long the first words on the terminal wait for messengers to connect; what is not connected then says why. */
const connectWithinMs = 2_000;
/** How long a stop may take before the process goes anyway; what is unfinished then is found by the next start. */
const stopWithinMs = 20_000;

/** `start` runs everything in one process and brings the database up to date; `web` and `worker` are the two that scale apart. */
export const startCommand = (part: Part) => ({
  run: async (): Promise<undefined> => {
    const config = readConfig(process.env);
    const log = createLog(config);
    // The program is read while its database starts.
    const [database, { startApp }] = await Promise.all([
      databaseOf(config, { share: part !== 'all', log: (line) => log.info({}, line) }),
      import('../app.ts'),
    ]);
    let app: App | undefined;
    const stop = async (): Promise<void> => {
      await app?.stop();
      await database.stop();
    };
    const grace = closeWithGrace({ delay: stopWithinMs, logger: false }, async ({ err, signal }) => {
      if (err) log.error({ err }, 'an unexpected error ended the process');
      else if (process.stdout.isTTY) process.stdout.write(`\nStopping (${signal}) …\n`);
      await stop();
    });
    try {
      if (part === 'all') await migrate({ url: database.url, log: (line) => log.info({}, line) });
      app = await startApp({ config, databaseUrl: database.url, log, part });
    } catch (error) {
      // It would take the end of a failed start for an ordinary one, and say so with exit code 0.
      grace.uninstall();
      await stop();
      throw error;
    }
    process.stdout.write(banner(config, app, part, await messengersOf(app)));
    return undefined;
  },
});

/** What to say of each messenger that is listened to. */
async function messengersOf(app: App): Promise<Record<string, string>> {
  for (const deadline = Date.now() + connectWithinMs; ; await sleep(50)) {
    const { database, queue, ...channels } = await app.readiness();
    if (Date.now() < deadline && Object.values(channels).some((state) => state !== true)) continue;
    return Object.fromEntries(
      Object.entries(channels).map(([name, state]) => [name, state === true ? 'connected' : `not connected: ${state}`]),
    );
  }
}

/** What is running and what to do next, for whoever looks at the terminal. */
function banner(config: Config, app: App, part: Part, messengers: Record<string, string>): string {
  const page = config.publicUrl ?? `http://localhost:${app.port}`;
  const lines: [string, string][] = [
    ['Running', part === 'all' ? 'everything in this process' : part],
    ['Database', config.databaseUrl ? 'PostgreSQL (DATABASE_URL)' : `PostgreSQL that came with npm, data in ${config.dataDir}`],
    ['Queue', config.redisUrl ? 'Redis (REDIS_URL)' : 'in the same PostgreSQL'],
    ['Playground', config.playground ? `${page}/  (three phones to try everything)` : 'off'],
    [
      'Telegram',
      config.telegram
        ? (messengers['telegram'] ?? 'sent to from here')
        : 'not connected: get a token from @BotFather, put TELEGRAM_BOT_TOKEN=… into .env, start again',
    ],
    [
      'Slack',
      config.slack
        ? (messengers['slack'] ?? 'sent to from here')
        : 'not connected: run npm run cli -- setup, which asks for what is needed',
    ],
  ];
  if (app.ownerCode)
    lines.push(['Owner', `you are the owner when you write this to the bot, once, within 24 hours: start own_${app.ownerCode}`]);
  const title = config.shop.name === 'Regulars' ? 'Regulars' : `${config.shop.name} — Regulars`;
  return `\n${title}\n\n${lines.map(([name, text]) => `  ${name.padEnd(11)} ${text}`).join('\n')}\n\n  Ctrl-C stops it; everything is kept.\n\n`;
}
