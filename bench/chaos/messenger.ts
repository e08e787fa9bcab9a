import { type FakeTelegram, startFakeTelegram } from '../../test/support/fake-telegram/index.ts';
import type { Variables } from './process.ts';

/** How often each chat got a message. */
export function arrivals(telegram: FakeTelegram): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { params } of telegram.calls('sendMessage')) {
    const chat = params['chat_id'] as number;
    counts.set(chat, (counts.get(chat) ?? 0) + 1);
  }
  return counts;
}

/** A strict Telegram whose people 1 to `count` have opened the bot. */
export async function openMessenger({ seed, count }: { seed: number; count: number }): Promise<FakeTelegram> {
  const telegram = await startFakeTelegram({ seed });
  for (let id = 1; id <= count; id += 1) telegram.person({ id, name: `m${id}` });
  return telegram;
}

/** The configuration of a program that has this database and this messenger. */
export const configOf = (url: string, telegram: FakeTelegram, redisUrl?: string): Variables => ({
  DATABASE_URL: url,
  APP_SECRET: 'only for these experiments',
  SHOP_NAME: 'Café Liepa',
  TELEGRAM_BOT_TOKEN: telegram.token,
  TELEGRAM_API_ROOT: telegram.apiRoot,
  ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
});

/** A correct bot never breaks the messenger's rules. Throws with what was broken. */
export function noMistakes({ mistakes }: FakeTelegram): void {
  if (mistakes.length > 0) throw new Error(`the messenger was called wrongly: ${mistakes.slice(0, 3).join('; ')}`);
}
