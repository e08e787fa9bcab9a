import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Away } from '../../src/channels/slack/away.ts';
import { createSlack } from '../../src/channels/slack/index.ts';
import { openSpool, type Spooled } from '../../src/channels/slack/spool.ts';
import { createWaitingRoom } from '../../src/channels/slack/waiting-room.ts';
import { notingTools, slackStage } from '../support/fake-slack/stage.ts';
import { recordingHub } from './contract.ts';

const patience = { timeout: 10_000, interval: 20 };
const event = (id: string, user = 'U1', at = 1): Spooled => ({ id, user, at, body: { event_id: id, text: `text ${id}` } });
const stored = (dir: string): string =>
  readdirSync(dir)
    .map((name) => readFileSync(join(dir, name), 'utf8'))
    .join('');

describe('with the database away', () => {
  let stage: Awaited<ReturnType<typeof slackStage>> | undefined;
  afterEach(async () => {
    await stage?.close();
    stage = undefined;
  });

  async function begin(mode: 'socket' | 'http') {
    const it = await slackStage(mode);
    stage = it;
    let away = true;
    const hub = recordingHub(({ text }) => (away ? Promise.reject(new Error('away')) : { title: `done ${text}` }));
    const comesBack = () => {
      away = false;
    };
    const listener = await it.listen(hub.hub);
    const [anna, ben] = [it.slack.person('Anna'), it.slack.person('Ben')];
    return { ...it, ...hub, listener, anna, ben, comesBack };
  }

  test.each(['socket', 'http'] as const)(
    'events by %s are acknowledged at once, kept on the disk, and answered in order later',
    async (mode) => {
      const { anna, ben, slack, handled, spoolDir, listener, comesBack } = await begin(mode);
      const channel = slack.channel('till', [ben]);
      for (const text of ['one', 'two', 'three']) await anna.says(text);
      await ben.commands('/regulars', 'credit', { channel });
      await ben.says('four');
      const told = slack.attempts.filter(({ retry }) => retry > 0);
      expect(told).toEqual([]);
      for (const text of ['one', 'two', 'three', 'credit', 'four']) expect(stored(spoolDir)).toContain(`"text":"${text}"`);
      expect(stored(spoolDir)).not.toContain('verification-token');
      expect(listener.ready()).toBe('5 events from Slack wait for the database');
      comesBack();
      await vi.waitFor(() => expect(listener.ready()).toBe(true), patience);
      expect(anna.sees().map(({ text }) => text)).toEqual(['done one', 'done two', 'done three']);
      expect(ben.sees(channel).map(({ text, ephemeral }) => [text, ephemeral])).toEqual([['done credit', true]]);
      expect(ben.sees().map(({ text }) => text)).toEqual(['done four']);
      expect(stored(spoolDir)).toBe('');
      const ids = handled.filter(({ text }) => text === 'one').map(({ id }) => id);
      expect(new Set(ids).size).toBe(1);
    },
  );

  test('a restart loses nothing', async () => {
    const { anna, slack, spoolDir, listener, newChannel, comesBack, listen } = await begin('socket');
    await anna.says('one');
    await anna.says('two');
    await listener.stop();
    expect(stored(spoolDir)).toContain('"text":"two"');
    expect(anna.sees()).toEqual([]);
    comesBack();
    const after = recordingHub(({ text }) => ({ title: `after ${text}` }));
    await listen(after.hub, newChannel());
    await vi.waitFor(() => expect(anna.sees().map(({ text }) => text)).toEqual(['after one', 'after two']), patience);
    expect(after.handled.map(({ text }) => text)).toEqual(['one', 'two']);
    expect(stored(spoolDir)).toBe('');
    expect(slack.wrongAcks).toEqual([]);
  });

  test('an event that was acknowledged late survives the end of its process', { timeout: 20_000 }, async () => {
    const it = await slackStage('http');
    stage = it;
    let finish = () => {};
    const stuck = recordingHub(
      () =>
        new Promise((resolve) => {
          finish = () => resolve(undefined);
        }),
    );
    await it.listen(stuck.hub);
    const anna = it.slack.person('Anna');
    await anna.says('credit');
    expect(it.slack.attempts[0]?.ackMs).toBeGreaterThan(2300);
    // What the disk of a killed process holds.
    const left = mkdtempSync(join(tmpdir(), 'spool-'));
    for (const name of readdirSync(it.spoolDir)) {
      writeFileSync(join(left, name.replace(`.${process.pid}.`, '.999999999.')), readFileSync(join(it.spoolDir, name)));
    }
    const { botToken, signingSecret, apiUrl } = it.slack;
    const next = recordingHub(({ text }) => ({ title: `done ${text}` }));
    const listener = await createSlack({ botToken, signingSecret, apiUrl, spoolDir: left, tools: it.tools }).listen(next.hub);
    await vi.waitFor(() => expect(anna.sees().map(({ text }) => text)).toEqual(['done credit']), patience);
    expect(next.handled.map(({ id }) => id)).toEqual(stuck.handled.map(({ id }) => id));
    finish();
    await listener.stop();
    rmSync(left, { recursive: true, force: true });
  });

  test('a sent modal closes, and its reply comes to the chat', async () => {
    const it = await slackStage('http');
    stage = it;
    let away = false;
    const form = {
      title: 'Credit',
      submit: 'Go',
      starts: 'credit',
      fields: [{ name: 'amount', label: 'Amount', optional: false }],
    };
    const hub = recordingHub(({ text }) =>
      away ? Promise.reject(new Error('away')) : text === 'credit' ? { title: 'How much?', form } : { title: `done ${text}` },
    );
    await it.listen(hub.hub);
    const eve = it.slack.person('Eve');
    await eve.uses('credit');
    away = true;
    await eve.submits({ amount: '12' });
    expect(eve.seesModal()).toBeUndefined();
    away = false;
    await vi.waitFor(() => expect(eve.sees().map(({ text }) => text)).toEqual(['done credit 12']), patience);
  });
});

describe('the file', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'spool-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  test('holds what was put and not done, for our eyes only', async () => {
    const spool = await openSpool(dir);
    await Promise.all(['a', 'b', 'c'].map((id) => spool.put(event(id))));
    await spool.done('b');
    const [name = ''] = readdirSync(dir);
    expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
    await spool.close();
    const next = await openSpool(dir);
    expect((await next.adopt()).map(({ id }) => id)).toEqual(['a', 'c']);
    expect(await next.adopt()).toEqual([]);
    await next.close();
    const third = await openSpool(dir);
    expect((await third.adopt()).map(({ id }) => id)).toEqual(['a', 'c']);
    for (const id of ['a', 'c']) await third.done(id);
    await third.close();
    expect(readdirSync(dir)).toEqual([]);
  });

  test('a line that a crash tore, and what is no line, cost nothing else', async () => {
    const lines = [
      JSON.stringify({ put: event('a') }),
      'nonsense',
      JSON.stringify({ put: event('b') }),
      JSON.stringify({ done: 'a' }),
      '{"put":{"id":"c","us',
    ];
    writeFileSync(join(dir, `slack-1.${hostname().replace(/[^\w-]/g, '-')}.999999999.events`), lines.join('\n'));
    const spool = await openSpool(dir);
    expect((await spool.adopt()).map(({ id }) => id)).toEqual(['b']);
    await spool.close();
  });

  test('a file of a living process is its own, until nobody has touched it for a minute', async () => {
    const theirs = join(dir, 'slack-2.elsewhere.1.events');
    writeFileSync(theirs, `${JSON.stringify({ put: event('x') })}\n`);
    const spool = await openSpool(dir);
    expect(await spool.adopt()).toEqual([]);
    const old = new Date(Date.now() - 61_000);
    utimesSync(theirs, old, old);
    expect((await spool.adopt()).map(({ id }) => id)).toEqual(['x']);
    expect(readdirSync(dir)).toHaveLength(1);
    await spool.close();
  });

  test('two in one process do not take each other’s', async () => {
    const [one, two] = [await openSpool(dir), await openSpool(dir)];
    await one.put(event('a'));
    expect(await two.adopt()).toEqual([]);
    await one.close();
    expect((await two.adopt()).map(({ id }) => id)).toEqual(['a']);
    await two.close();
  });

  test('it is made with its folder, and refuses beyond its size', async () => {
    mkdirSync(join(dir, 'deep'));
    const spool = await openSpool(join(dir, 'deep', 'er'));
    const big: Spooled = { ...event('big'), body: { text: 'x'.repeat(256 * 1024 * 1024) } };
    await expect(spool.put(big)).rejects.toThrow('full');
    await spool.put(event('small'));
    await spool.done('small');
    await spool.close();
  });
});

describe('an event that alone is refused', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('is put aside once others pass, and blocks its person no longer', async () => {
    const { tools, aside } = notingTools();
    const treated: string[] = [];
    const done: string[] = [];
    const room = createWaitingRoom({
      treat: async ({ id }) => {
        if (id.startsWith('poison')) throw new Away('again and again');
        treated.push(id);
      },
      spool: { done: async (id) => void done.push(id) },
      putAside: tools.putAside,
      log: tools.log,
    });
    room.add(event('poison', 'U1'));
    room.add(event('behind', 'U1'));
    for (let round = 0; round < 60 && room.size() > 0; round++) {
      room.add(event(`fine ${round}`, 'U2'));
      await vi.advanceTimersByTimeAsync(4000);
    }
    expect(aside.map(({ id }) => id)).toEqual(['poison']);
    expect(treated).toContain('behind');
    expect(done).toContain('poison');
    await room.close();
  });

  test('waits for ever while nothing passes', async () => {
    const { tools, aside } = notingTools();
    const room = createWaitingRoom({
      treat: () => Promise.reject(new Away('away')),
      spool: { done: async () => {} },
      putAside: tools.putAside,
      log: tools.log,
    });
    for (const user of ['U1', 'U2', 'U3', 'U4']) room.add(event(user, user));
    await vi.advanceTimersByTimeAsync(600_000);
    expect([room.size(), aside.length]).toEqual([4, 0]);
    await room.close();
  });
});
