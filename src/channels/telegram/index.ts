import type { Channel, ChannelTools } from '../../chat/channel.ts';
import type { Address, MessageRef } from '../../chat/inbound.ts';
import type { View } from '../../chat/view.ts';
import { openBot } from './bot.ts';
import { introduce } from './introduce.ts';
import { pace, paidPace, payloadPattern } from './limits.ts';
import { commandsOf } from './menu.ts';
import { startPolling } from './poll.ts';
import { meaningOf } from './problem.ts';
import { createReply } from './reply.ts';
import { createScreen } from './screen.ts';
import { createTake } from './take.ts';
import { startWebhook, type WebhookSettings } from './webhook.ts';

export type TelegramSettings = {
  token: string;
  /** Without a trailing slash; Telegram's own unless given. */
  apiRoot?: string;
  /** Given: Telegram calls us. Absent: we poll. */
  webhook?: WebhookSettings;
  tools: ChannelTools;
};

/** Telegram through the Bot API. Makes no call before `listen` or `send`. */
export function createTelegram({ token, apiRoot, webhook, tools }: TelegramSettings): Channel {
  const bot = openBot(token, apiRoot);
  const show = createScreen(bot.api, tools);

  /** Telegram has no home; what a person may do is their chat's menu. */
  async function furnish({ chat }: Address, { menu = [] }: View): Promise<MessageRef> {
    const scope = { type: 'chat', chat_id: Number(chat) } as const;
    if (menu.length > 0) await bot.api.setMyCommands(commandsOf(menu), { scope });
    else await bot.api.deleteMyCommands({ scope });
    return { chat, id: 'menu' };
  }

  return {
    name: 'telegram',
    pace,
    paidPace,
    async listen(hub) {
      const { log } = tools;
      const take = createTake(hub, bot, createReply(bot, show, log), tools);
      const stopping = new AbortController();
      const introducing = introduce(bot, tools, stopping.signal);
      const listener = webhook ? startWebhook(bot, webhook, take, log) : startPolling(bot, take, log);
      return {
        ...listener,
        async stop() {
          stopping.abort();
          await listener.stop();
          await introducing;
        },
      };
    },
    async send(to, view, replaces) {
      try {
        return to.home ? await furnish(to, view) : await show(to.chat, view, replaces, to.paid);
      } catch (error) {
        throw meaningOf(error);
      }
    },
    link(payload) {
      if (!payloadPattern.test(payload)) throw new RangeError('a start payload is 1 to 64 of [A-Za-z0-9_-]');
      const username = bot.username();
      return username && `https://t.me/${username}?start=${payload}`;
    },
  };
}
