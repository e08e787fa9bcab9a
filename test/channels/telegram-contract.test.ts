import { expect } from 'vitest';
import { createTelegram } from '../../src/channels/telegram/index.ts';
import { startFakeTelegram } from '../support/fake-telegram/index.ts';
import { channelContract, type Fault, memoryTools } from './contract.ts';

channelContract('telegram', async () => {
  const fake = await startFakeTelegram();
  const anna = fake.person({ id: 7_000_000_001, name: 'Anna', language_code: 'fi' });
  const { tools } = memoryTools();
  const channel = createTelegram({ token: fake.token, apiRoot: fake.apiRoot, tools });
  const arm: Record<Fault, () => (() => Promise<unknown>) | Promise<() => Promise<unknown>>> = {
    unreachable: async () => {
      await anna.blocks();
      return async () => undefined;
    },
    'slow down': () => {
      fake.next('sendMessage', { status: 429, retryAfter: 3 });
      return async () => undefined;
    },
    'no connection': async () => {
      await fake.goesAway();
      return () => fake.comesBack();
    },
    refused: () => {
      fake.next('sendMessage', { status: 400 });
      return async () => undefined;
    },
    'reply lost': () => {
      fake.next('sendMessage', { dropReply: true });
      return async () => undefined;
    },
  };
  return {
    channel,
    address: { channel: 'telegram', user: String(anna.id), chat: String(anna.id) },
    seen: () => anna.messages(),
    says: (text) => anna.says(text),
    presses: (label) => anna.presses(label),
    sendsPicture: (png) => anna.sendsPhoto(png),
    fault: async (kind) => arm[kind](),
    async close() {
      await fake.stop();
      expect(fake.mistakes).toEqual([]);
    },
  };
});
