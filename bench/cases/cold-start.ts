import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prismaFolder } from '../../src/database/migrations.ts';
import { type Case, rounds } from '../case.ts';

const main = join(prismaFolder(), '..', 'dist', 'main.js');

/** A messenger that has one message waiting: resolves when the answer comes. Says no more of the Bot API than a start needs. */
function waitingMessage(): Promise<{ root: string; answered: Promise<void>; close(): void }> {
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let given = false;
  const me = {
    id: 1,
    is_bot: true,
    first_name: 'Bench',
    username: 'bench_bot',
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
  };
  const from = { id: 7, is_bot: false, first_name: 'Anna', language_code: 'en' };
  const update = {
    update_id: 1,
    message: { message_id: 1, date: 1, chat: { id: 7, type: 'private', first_name: 'Anna' }, from, text: 'hello' },
  };
  const results: Record<string, () => unknown> = {
    getMe: () => me,
    getUpdates: () => {
      const first = !given;
      given = true;
      return first ? [update] : [];
    },
    sendMessage: () => {
      answer();
      return { ...update.message, message_id: 2 };
    },
    getWebhookInfo: () => ({ url: '', has_custom_certificate: false, pending_update_count: 0 }),
    getMyCommands: () => [],
    getMyName: () => ({ name: '' }),
    getMyDescription: () => ({ description: '' }),
    getMyShortDescription: () => ({ short_description: '' }),
  };
  const server = createServer((request, response) => {
    const method = request.url?.split('/').at(-1)?.split('?')[0] ?? '';
    const send = () =>
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ ok: true, result: results[method]?.() ?? true }));
    request.resume().on('end', () => (method === 'getUpdates' && given ? setTimeout(send, 500) : send()));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      resolve({ root: `http://127.0.0.1:${port}`, answered, close: () => void server.close() });
    });
  });
}

async function start(dataDir: string): Promise<number> {
  const messenger = await waitingMessage();
  const env = {
    ...process.env,
    DATA_DIR: dataDir,
    PORT: '0',
    LOG_LEVEL: 'error',
    TELEGRAM_BOT_TOKEN: '123456789:AAbenchbenchbenchbenchbenchbenchbenc',
    TELEGRAM_API_ROOT: messenger.root,
  };
  const began = performance.now();
  const child = spawn(process.execPath, [main, 'start'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await Promise.race([messenger.answered, ended.then(() => Promise.reject(new Error('the program ended before it answered')))]);
  const ms = performance.now() - began;
  child.kill('SIGINT');
  await ended;
  messenger.close();
  return ms;
}

export const coldStartCase: Case = {
  name: 'cold-start',
  about: 'seconds from the start of the process, on an existing embedded database, to the first answered message',
  goal: 2,
  async run() {
    const dataDir = mkdtempSync(join(tmpdir(), 'regulars-bench-'));
    chmodSync(dataDir, 0o711);
    try {
      await start(dataDir);
      const values: number[] = [];
      for (let round = 1; round <= rounds; round += 1) {
        const ms = await start(dataDir);
        process.stderr.write(`  round ${round}: ${Math.round(ms)} ms\n`);
        values.push(ms / 1_000);
      }
      return { values };
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
};
