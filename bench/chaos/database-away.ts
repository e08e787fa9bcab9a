import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { cuttableDatabase } from '../../test/e2e/cuttable.ts';
import { type FakeSlack, startFakeSlack } from '../../test/support/fake-slack/index.ts';
import type { FakeTelegram } from '../../test/support/fake-telegram/index.ts';
import { type Experiment, type Finding, never, type Tools, tell } from './experiment.ts';
import { configOf, noMistakes, openMessenger } from './messenger.ts';
import { isUp, startProcess } from './process.ts';
import { waitFor } from './waiting.ts';

type DatabaseAwayPlan = { commands: number; awayMs: number; withinMs: number };

/** Somebody who joins: `replied` is how often they were shown their card. */
type Newcomer = { acts(): Promise<unknown>; replied(): number };

function newcomerAt(at: number, telegram: FakeTelegram, slack: FakeSlack): Newcomer {
  if (at % 2 === 0) {
    const person = telegram.person({ id: 3001 + at, name: `New ${at}`, language_code: 'en' });
    return {
      acts: () => person.says('join'),
      replied: () => person.messages().filter(({ text }) => text.includes('Your code')).length,
    };
  }
  const person = slack.person(`New ${at}`);
  return {
    acts: () => person.says('join'),
    replied: () => person.sees().filter(({ text }) => text.includes('Your code')).length,
  };
}

/** Does one thing after the other, evenly over a time. Returns how often the messenger showed somebody an error. */
async function actEvenly(newcomers: readonly Newcomer[], overMs: number): Promise<number> {
  const from = performance.now();
  let refused = 0;
  const acting: Promise<unknown>[] = [];
  for (const [at, { acts }] of newcomers.entries()) {
    await sleep(Math.max(0, from + (overMs * at) / newcomers.length - performance.now()));
    acting.push(
      acts().catch(() => {
        refused += 1;
      }),
    );
  }
  await Promise.all(acting);
  await sleep(Math.max(0, from + overMs - performance.now()));
  return refused;
}

/** The database is away while people go on on both messengers. */
async function runDatabaseAway(
  name: string,
  { commands, awayMs, withinMs }: DatabaseAwayPlan,
  { seed, freshUrl }: Pick<Tools, 'seed' | 'freshUrl'>,
): Promise<Finding[]> {
  const url = await freshUrl();
  const cable = await cuttableDatabase(url);
  const [telegram, slack] = [await openMessenger({ seed, count: 0 }), await startFakeSlack()];
  const onSlack = { SLACK_BOT_TOKEN: slack.botToken, SLACK_API_URL: slack.apiUrl, SLACK_APP_TOKEN: slack.appToken };
  const program = startProcess('start', { ...configOf(cable.url, telegram), ...onSlack });
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined);
  const counted = async (sql: string): Promise<number> =>
    (await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`)).rows[0]?.n ?? 0;
  try {
    await isUp(program);
    await waitFor('Slack to be connected', slack.isConnected, 20_000);
    const newcomers = Array.from({ length: commands }, (_, at) => newcomerAt(at, telegram, slack));
    await cable.cut();
    const refused = await actEvenly(newcomers, awayMs);
    await cable.mend();
    const back = performance.now();
    const all = async () => (await counted('member')) >= commands && telegram.pending().length === 0;
    await waitFor('what was asked meanwhile', all, withinMs, 250).catch((error: unknown) => tell(String(error)));
    await waitFor('the last reply', () => newcomers.every(({ replied }) => replied() > 0), 20_000, 250).catch(() => undefined);
    tell(
      `${commands} commands in ${Math.round(awayMs / 1_000)} s, done ${Math.round((performance.now() - back) / 1_000)} s after its return`,
    );
    noMistakes(telegram);
    const replies = newcomers.map(({ replied }) => replied());
    const [members, entries, poison] = [await counted('member'), await counted('entry'), await counted('poison')];
    return [
      never(`${name}.refused`, 'commands that a messenger could not hand over', refused),
      never(
        `${name}.missing`,
        'commands whose effect or reply is not there',
        commands - members + replies.filter((n) => n === 0).length + poison,
      ),
      never(
        `${name}.twice`,
        'commands whose effect or reply is there twice',
        Math.abs(entries - members) + replies.filter((n) => n > 1).length,
      ),
    ];
  } finally {
    await program.kill();
    await pool.end();
    await Promise.all([telegram.stop(), slack.close(), cable.close()]);
  }
}

export const databaseAwayExperiment: Experiment = {
  name: 'database-away',
  about:
    '3,000 commands on both messengers while PostgreSQL is away for two minutes, 25 a second (--full: for ten, five a second)',
  run: (tools) =>
    runDatabaseAway('database-away', { commands: 3_000, awayMs: tools.full ? 600_000 : 120_000, withinMs: 1_200_000 }, tools),
};
