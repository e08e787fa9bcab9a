import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmulator, type Emulator } from 'emulate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSlack } from '../../src/channels/slack/index.ts';
import type { Channel } from '../../src/chat/channel.ts';
import { notingTools } from '../support/fake-slack/stage.ts';
import { smallPng } from './contract/small-png.ts';
import { recordingHub } from './contract.ts';

// A peer that we did not write: emulate's Slack, stricter than ours in some things and looser in others.
const token = 'xoxb-emulated';
let emulator: Emulator;
let channel: Channel;
let user: string;
let chat: string;
const noting = notingTools();
const spoolDir = mkdtempSync(join(tmpdir(), 'slack-emulate-'));

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

async function ask(method: string, args: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const response = await fetch(`${emulator.url}/api/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: new URLSearchParams(args),
  });
  return Object(await response.json());
}

beforeAll(async () => {
  emulator = await createEmulator({
    service: 'slack',
    port: await freePort(),
    seed: {
      tokens: {
        [token]: {
          login: 'regulars',
          scopes: ['chat:write', 'im:write', 'im:history', 'im:read', 'users:read', 'files:write', 'files:read'],
        },
      },
      slack: {
        team: { name: 'Bean Street', domain: 'bean' },
        users: [
          { name: 'anna', real_name: 'Anna Ivanova', email: 'anna@example.org' },
          { name: 'regulars', real_name: 'Regulars', email: 'bot@example.org' },
        ],
      },
    },
  });
  channel = createSlack({
    botToken: token,
    signingSecret: 'emulated',
    apiUrl: `${emulator.url}/api/`,
    spoolDir,
    tools: noting.tools,
  });
  const { members } = await ask('users.list');
  user = (members as { id: string; name: string }[]).find(({ name }) => name === 'anna')?.id ?? '';
  const ref = await channel.send({ channel: 'slack', user, chat: user }, { title: 'Hello' });
  chat = ref.chat;
});

afterAll(async () => {
  await emulator.close();
  rmSync(spoolDir, { recursive: true, force: true });
});

const history = async () =>
  (
    (await ask('conversations.history', { channel: chat }))['messages'] as {
      ts: string;
      text: string;
      blocks?: { type: string }[];
    }[]
  ).toReversed();

describe('against emulate', () => {
  test('a direct chat is opened and written to', async () => {
    expect(chat).toMatch(/^D/);
    expect((await history()).map(({ text }) => text)).toEqual(['Hello']);
  });

  test('the token is checked when listening begins', async () => {
    const listener = await channel.listen(recordingHub(() => undefined).hub);
    await expect.poll(() => listener.ready()).toBe(true);
    await listener.stop();
  });

  test('a message is changed in place, and said anew when it is gone', async () => {
    const ref = await channel.send(
      { channel: 'slack', user, chat },
      { title: 'Sure?', buttons: [[{ label: 'Yes', does: 'yes' }]] },
    );
    const same = await channel.send({ channel: 'slack', user, chat }, { title: 'Done', facts: [['Points', '12']] }, ref);
    expect(same).toEqual(ref);
    const found = (await history()).find(({ ts }) => ts === ref.id);
    expect(found?.text).toBe('Done\n\nPoints: 12');
    expect(found?.blocks?.map(({ type }) => type)).toEqual(['header', 'section']);
    const anew = await channel.send({ channel: 'slack', user, chat }, { title: 'Anew' }, { chat, id: '1.000001' });
    expect((await history()).at(-1)).toMatchObject({ ts: anew.id, text: 'Anew' });
  });

  test('a picture goes up by the external upload and stands in a message by its file', async () => {
    await channel.send({ channel: 'slack', user, chat }, { title: 'Card', image: { png: smallPng(5), alt: 'card' } });
    const [id] = [...noting.uploads.values()];
    const blocks = (await history()).at(-1)?.blocks;
    expect(blocks).toEqual(expect.arrayContaining([expect.objectContaining({ type: 'image', slack_file: { id } })]));
    expect((await ask('files.info', { file: id ?? '' }))['file']).toMatchObject({ id, size: smallPng(5).length });
  });

  test('a file is shared with its words', async () => {
    await channel.send(
      { channel: 'slack', user, chat },
      { title: 'Your data', file: { name: 'data.json', bytes: new TextEncoder().encode('{}') } },
    );
    expect(JSON.stringify((await history()).at(-1))).toContain('Your data');
  });

  test('a home is published', async () => {
    const home = { channel: 'slack', user, chat, home: true as const };
    const first = await channel.send(home, { title: 'Anna', facts: [['Points', '12']] });
    const second = await channel.send(home, { title: 'Anna', facts: [['Points', '22']] });
    expect(second.id).toBe(first.id);
  });
});
