import type { Update } from 'grammy/types';
import type { ChannelTools, Hub } from '../../chat/channel.ts';
import type { View } from '../../chat/view.ts';
import type { Bot } from './bot.ts';
import { type Read, read } from './read.ts';
import { alertOf, type Reply } from './reply.ts';

/** An update that fails this often, while events can be put aside, is the trouble itself. */
const mostTries = 10;

/**
 * Takes one update: reads it, lets it be handled, shows the reply. Rejects when it must be taken again: the database is away, or
 * Telegram can't be reached. What can't be read, or fails again and again, is put aside, so that it blocks nobody.
 */
export type Take = (update: Update, signal: AbortSignal) => Promise<void>;

export function createTake(hub: Hub, bot: Bot, reply: Reply, { putAside, log }: Pick<ChannelTools, 'putAside' | 'log'>): Take {
  const tries = new Map<number, number>();

  return async (update, signal) => {
    try {
      await once(update, signal);
      tries.delete(update.update_id);
    } catch (error) {
      const count = (tries.get(update.update_id) ?? 0) + 1;
      // Other processes may finish what failed here: what is left of that must not pile up.
      if (tries.size > 1000) tries.clear();
      tries.set(update.update_id, count);
      if (count < mostTries || signal.aborted) throw error;
      await aside(update, error);
      tries.delete(update.update_id);
    }
  };

  async function once(update: Update, signal: AbortSignal): Promise<void> {
    const me = await bot.me();
    let found: Read;
    try {
      found = read(update, me, bot.fetchFile);
    } catch (error) {
      await aside(update, error);
      return;
    }
    if (found.kind === 'said') await said(found, signal);
    else if (found.kind === 'reachable') await hub.reachable(found.address, found.yes);
    else if (found.query !== undefined) await reply.answer(found.query);
  }

  async function said({ inbound, chat, query }: Extract<Read, { kind: 'said' }>, signal: AbortSignal): Promise<void> {
    let view: View | undefined;
    try {
      view = await hub.handle(inbound);
    } catch (error) {
      // The button must not wait as long as the event does.
      if (query !== undefined) await reply.answer(query);
      throw error;
    }
    const alert = view && query !== undefined ? alertOf(inbound, view) : undefined;
    await Promise.all([
      query !== undefined && reply.answer(query, alert),
      view && alert === undefined && reply.show(inbound, chat, view, signal),
    ]);
  }

  async function aside(update: Update, error: unknown): Promise<void> {
    await putAside(`telegram-${update.update_id}`, update, error);
    log.error({ event: `telegram-${update.update_id}`, err: error }, 'an update was put aside');
  }
}

/** Whose order an update belongs to: its chat. Never throws, whatever came. */
export function laneOf(update: Update): string {
  const chat = update.message?.chat ?? update.callback_query?.message?.chat ?? update.my_chat_member?.chat;
  return String(chat?.id ?? 'nobody');
}
