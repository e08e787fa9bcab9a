import { createServer } from 'node:net';
import { TelegramServer } from 'telegram-test-api/lib/telegramServer.js';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createTelegram } from '../../src/channels/telegram/index.ts';
import type { Reply } from './contract/setup.ts';
import { memoryTools, recordingHub } from './contract.ts';

// Against a Bot API double that is not ours. It knows polling, text, edits and callbacks; neither pictures nor limits nor menus.

const token = '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';
const patience = { timeout: 10_000, interval: 20 };

/** A port that is free now. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

async function start(reply: Reply) {
  const server = new TelegramServer({ port: await freePort(), host: '127.0.0.1', storeTimeout: 60_000 });
  await server.start();
  onTestFinished(async () => {
    await server.stop();
  });
  const { tools } = memoryTools();
  const channel = createTelegram({ token, apiRoot: server.config.apiURL, tools });
  const { hub, handled } = recordingHub(reply);
  const listener = await channel.listen(hub);
  onTestFinished(() => listener.stop());
  const texts = () => server.storage.botMessages.map(({ message }) => ('text' in message ? message.text : undefined));
  return { server, client: server.getClient(token, { userId: 5, chatId: 5 }), channel, handled, texts };
}

test('text in, text out', async () => {
  const { client, handled, texts } = await start(({ text }) => ({ title: 'Regulars', body: `You said ${text}` }));
  await client.sendMessage(client.makeMessage('balance'));
  await client.sendCommand(client.makeCommand('/start c_K7Q29XMP5'));
  await vi.waitFor(
    () => expect(texts()).toEqual(['Regulars\n\nYou said balance', 'Regulars\n\nYou said /start c_K7Q29XMP5']),
    patience,
  );
  expect(handled.map(({ from }) => from)).toEqual([5, 5].map(() => ({ channel: 'telegram', user: '5', chat: '5' })));
});

test('a press edits the message it stands under', async () => {
  const { server, client, channel, handled, texts } = await start(() => ({ title: 'Done' }));
  const ref = await channel.send(
    { channel: 'telegram', user: '5', chat: '5' },
    { title: 'Sure?', buttons: [[{ label: 'Yes', does: 'credit 12 yes' }]] },
  );
  const sent = server.storage.botMessages[0]?.message;
  expect(sent).toMatchObject({ reply_markup: { inline_keyboard: [[{ text: 'Yes', callback_data: 'credit 12 yes' }]] } });
  const press = client.makeCallbackQuery('credit 12 yes');
  await client.sendCallback({ ...press, message: { ...press.message, message_id: Number(ref.id), date: 1 } });
  await vi.waitFor(() => expect(texts()).toEqual(['Done']), patience);
  expect(handled.map(({ text, pressed }) => [text, pressed])).toEqual([['credit 12 yes', ref]]);
});
