import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { createTelegram } from '../src/channels/telegram/index.ts';
import type { ChannelTools } from '../src/chat/channel.ts';
import { createWords } from '../src/chat/words.ts';
import { openDatabase, poolSize } from '../src/database/client.ts';
import { createWorkers } from '../src/jobs/workers.ts';
import { notices } from '../src/notices/index.ts';
import { ensureProgram } from '../src/program/settings/program.ts';

const silent = () => undefined;
const log = {
  debug: silent,
  info: silent,
  warn: (facts: object, sentence: string) => process.stderr.write(`${sentence} ${JSON.stringify(facts)}\n`),
  error: (facts: object, sentence: string) => process.stderr.write(`${sentence} ${JSON.stringify(facts)}\n`),
};

/** A messenger in another process. */
async function startMessenger() {
  const child: ChildProcess = fork(fileURLToPath(new URL('./fake-messenger.js', import.meta.url)));
  // It stands for a machine of its own; where that is not allowed it takes its turn like everybody.
  try {
    setPriority(child.pid ?? 0, -10);
  } catch {}
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const ask = async <Answer>(question: string): Promise<Answer> => {
    child.send(question);
    return ((await once(child, 'message')) as [Answer])[0];
  };
  return {
    apiRoot: `http://127.0.0.1:${port}`,
    count: async () => (await ask<{ count: number }>('count')).count,
    /** When each message arrived, in order, in milliseconds; forgotten by being told. */
    arrivals: async () => (await ask<{ arrivals: number[] }>('arrivals')).arrivals.sort((a, b) => a - b),
    close: () => child.disconnect(),
  };
}

/** A broadcast as it stands after planning: so many people who agreed to marketing, each with one message. Nobody is quiet at noon. */
const seed = `
  WITH people AS (INSERT INTO person (name, marketing, created_at) SELECT 'Customer ' || n, true, $2 FROM generate_series(1, $1::int) n RETURNING id),
    places AS (INSERT INTO address (person_id, channel, user_id, chat_id, used_at) SELECT id, 'telegram', id, id, $2 FROM people RETURNING id, person_id),
    sending AS (INSERT INTO campaign (kind, name, state, topic, created_at, paid, text_versions)
      VALUES ('broadcast', 'Spring', 'running', 'offers', $2, $3, '{"a": 1}') RETURNING id),
    words AS (INSERT INTO message_text (slot, version, texts, fallback, at) SELECT 'campaign:' || id || ':a', 1, $4::jsonb, 'en', $2 FROM sending)
  INSERT INTO delivery (notice, params, person_id, address_id, channel, dedupe, lane, not_before, created_at, campaign_id, variant, period, topic)
  SELECT 'campaign', '{}', p.person_id, p.id, 'telegram', concat_ws(':', 'campaign', c.id, p.person_id, ''), 'campaign', $2, $2, c.id, 'a', '', 'offers'
  FROM places p, sending c`;
const texts = { en: { title: 'Spring is here', body: 'Hi {name}, you have {points}: come and taste the new blend.' } };

export type Pace = { max: number; perMs: number };

/** A shop with a messenger, ready to send to many. */
export async function openBroadcast({ url, paid }: { url: string; paid: boolean }) {
  const messenger = await startMessenger();
  const db = await openDatabase({ url, max: poolSize });
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  const shop = { name: 'Bench', currency: 'EUR', timeZone: 'UTC', language: 'en' };
  const startedAt = performance.now();
  const noon = Date.parse('2026-03-02T12:00:00Z');
  const clock = () => new Date(noon + performance.now() - startedAt);
  await ensureProgram(db, 100, new Date(0));
  const words = await createWords(shop);
  const tools = { log, uploads: { find: async () => undefined, keep: async () => undefined, forget: async () => undefined } };
  const telegram = createTelegram({
    token: '1:bench',
    apiRoot: messenger.apiRoot,
    tools: { ...tools, putAside: async () => undefined, introductions: [] } as ChannelTools,
  });
  return {
    messenger,
    /** Begins to send to so many people. `stop` ends it, `arrived` waits until all have been told. */
    async begin(count: number) {
      await pool.query('DELETE FROM delivery');
      await pool.query(seed, [count, clock(), paid, JSON.stringify(texts)]);
      await pool.query('ANALYZE');
      const workers = await createWorkers({
        ...{ queue: { pgUrl: url }, db, clock, log, notices, shop, timeZone: 'UTC', renderHome: async () => undefined },
        channels: new Map([[telegram.name, telegram]]),
        wordsFor: (language) => words.say(words.pick(language)),
      });
      return {
        async stop() {
          await workers.close();
          const counts = 'SELECT state, count(*)::int AS n FROM delivery GROUP BY state';
          const { rows } = await pool.query<{ state: string; n: number }>(counts);
          const odd = rows.filter(({ state }) => state !== 'sent' && state !== 'planned');
          if (odd.length > 0) throw new Error(`neither sent nor waiting: ${JSON.stringify(odd)}`);
        },
        async arrived() {
          while ((await messenger.count()) < count) await sleep(500);
        },
      };
    },
    async close() {
      messenger.close();
      await pool.end();
      await db.close();
    },
  };
}

/** The most messages that arrived within any stretch of `perMs`. */
export function fullest(arrivals: readonly number[], perMs: number): number {
  let most = 0;
  let from = 0;
  for (const [to, at] of arrivals.entries()) {
    while (at - (arrivals[from] ?? at) >= perMs) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

/** What was achieved of what is allowed: messages per second from the first to the last, over the limit. Throws when the limit was not kept. */
export function achieved(arrivals: readonly number[], { max, perMs }: Pace): number {
  const most = fullest(arrivals, perMs);
  const tookMs = (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0);
  const rate = (arrivals.length - 1) / tookMs;
  const seen = `${arrivals.length} in ${Math.round(tookMs)} ms, ${(rate * 1000).toFixed(1)}/s, at most ${most} of ${max} in ${perMs} ms`;
  process.stderr.write(`  ${seen}\n`);
  if (most > max) throw new Error(`the limit was not kept: ${seen}`);
  return rate / (max / perMs);
}
