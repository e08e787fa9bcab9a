import { type ChannelTools, NotSent, SlowDown, Unreachable } from '../../chat/channel.ts';
import type { Inbound } from '../../chat/inbound.ts';
import type { View } from '../../chat/view.ts';
import type { Bot } from './bot.ts';
import { alertUnits } from './limits.ts';
import { growingMs, pause } from './pause.ts';
import { isRefusal, meaningOf } from './problem.ts';
import { plainOf } from './render.ts';
import type { Show } from './screen.ts';

/** How often a reply is tried when nobody knows whether it arrived. */
const unknownTries = 3;
/** How long a reply waits for Telegram before its update is left for later. */
const patienceMs = 20_000;

/** Answers presses and shows replies. */
export type Reply = {
  /**
   * Shows a view to whoever did this, in the chat where they did it. Telling a customer twice does less harm than not at all (staff would credit again), so a try whose
   * outcome is unknown is followed by another. Rejects only while Telegram can't be reached: the update must then be handled again.
   */
  show(inbound: Inbound, chat: string, view: View, signal: AbortSignal): Promise<void>;
  /** Ends the waiting of a pressed button, with words over the chat if there are any. Never rejects. */
  answer(query: string, alert?: string): Promise<void>;
};

export function createReply(bot: Bot, show: Show, log: ChannelTools['log']): Reply {
  return {
    async show(inbound, chat, view, signal) {
      const private_ = inbound.place === 'group' && view.show === 'privately';
      const paint = private_ ? () => showPrivately(inbound, chat, view) : () => show(chat, view, inbound.pressed);
      await insistently(inbound, paint, signal);
    },
    async answer(query, alert) {
      try {
        await bot.api.answerCallbackQuery(query, alert === undefined ? {} : { text: alert, show_alert: true });
      } catch (error) {
        // After a restart, or a second delivery: the button has stopped waiting by itself.
        if (!isRefusal(error, 400)) log.warn({ err: error }, 'a press was not answered');
      }
    },
  };

  async function insistently(inbound: Inbound, paint: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
    const startedMs = Date.now();
    let unknown = 0;
    for (let tries = 1; ; tries++) {
      try {
        await paint();
        return;
      } catch (error) {
        const meaning = meaningOf(error);
        const facts = { event: inbound.id, err: meaning };
        if (meaning instanceof Unreachable) return log.debug(facts, 'a reply found nobody');
        if (meaning instanceof NotSent && !meaning.again) return log.error(facts, 'Telegram refused a reply');
        const certain = meaning instanceof NotSent || meaning instanceof SlowDown;
        if (!certain && ++unknown === unknownTries) return log.error(facts, 'nobody knows whether a reply arrived');
        const waitMs = meaning instanceof SlowDown ? meaning.retryAfterMs : growingMs(tries, 500, 5000);
        if (signal.aborted || Date.now() + waitMs - startedMs > patienceMs) throw meaning;
        await pause(waitMs, signal);
      }
    }
  }

  /** In their own chat; somebody who never opened the bot is shown the way there. */
  async function showPrivately({ from }: Inbound, group: string, view: View): Promise<void> {
    try {
      await show(from.chat, view);
    } catch (error) {
      if (!(meaningOf(error) instanceof Unreachable)) throw error;
      const { username } = await bot.me();
      await show(group, { body: `→ @${username}`, buttons: [[{ label: `@${username}`, url: `https://t.me/${username}` }]] });
    }
  }
}

/** A private reply to a press in a group, as words over the chat that only the presser sees; undefined when it is more than words. */
export function alertOf(inbound: Inbound, view: View): string | undefined {
  if (inbound.place !== 'group' || view.show !== 'privately' || view.image || view.file || (view.facts ?? []).length > 0)
    return undefined;
  const text = plainOf(view);
  return text !== '' && text.length <= alertUnits ? text : undefined;
}
