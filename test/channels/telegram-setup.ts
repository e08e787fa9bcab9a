import { onTestFinished } from 'vitest';
import { createTelegram, type TelegramSettings } from '../../src/channels/telegram/index.ts';
import type { ChannelTools, Listener } from '../../src/chat/channel.ts';
import { startFakeTelegram } from '../support/fake-telegram/index.ts';
import { pause, type Reply } from './contract/setup.ts';
import { memoryTools, recordingHub } from './contract.ts';

export { pause };

type Options = { introductions?: ChannelTools['introductions']; readsAll?: boolean; secondMs?: number };

/** A strict Bot API, a person, and whatever of the channel a test starts; everything ends with the test. */
export async function setup({ introductions = [], ...options }: Options = {}) {
  const fake = await startFakeTelegram(options);
  onTestFinished(() => fake.stop());
  const anna = fake.person({ id: 7_000_000_001, name: 'Anna', language_code: 'fi' });
  const memory = memoryTools(introductions);
  const create = (settings: Partial<TelegramSettings> = {}) =>
    createTelegram({ token: fake.token, apiRoot: fake.apiRoot, tools: memory.tools, ...settings });

  /** Starts listening with a hub that notes and answers. */
  async function listen(reply: Reply = () => undefined, settings: Partial<TelegramSettings> = {}) {
    const channel = create(settings);
    const recording = recordingHub(reply);
    const listener = await channel.listen(recording.hub);
    onTestFinished(() => listener.stop());
    return { channel, listener, ...recording };
  }

  return {
    fake,
    anna,
    ...memory,
    create,
    listen,
    address: { channel: 'telegram', user: String(anna.id), chat: String(anna.id) },
  };
}

/** Everything a log would print: messages, facts, errors with their causes. */
export function printed(value: unknown): string {
  const seen = new Set<unknown>();
  const walk = (one: unknown): string => {
    if (typeof one !== 'object' || one === null) return String(one);
    if (seen.has(one)) return '';
    seen.add(one);
    const own = Object.getOwnPropertyNames(one).map((name) => `${name}=${walk((one as Record<string, unknown>)[name])}`);
    return `${one.constructor?.name ?? ''}{${own.join(' ')}}`;
  };
  return walk(value);
}

export const untilReady = async (listener: Listener) => {
  for (let waits = 0; listener.ready() !== true; waits++) {
    if (waits > 500) throw new Error(`not ready: ${listener.ready()}`);
    await pause(10);
  }
};
