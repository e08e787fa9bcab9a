import { type Channel, Unreachable } from '../../chat/channel.ts';
import type { Address, MessageRef } from '../../chat/inbound.ts';
import type { View } from '../../chat/view.ts';
import { classify } from './errors.ts';
import type { People } from './people.ts';
import type { Post } from './post.ts';

/** Messages that nobody asked for: into somebody's direct chat, or onto their home. */
export function createSender(post: Post, people: People): Channel['send'] {
  async function chatOf({ user, chat }: Address): Promise<string> {
    if (chat !== user) return chat;
    try {
      return await people.chat(user);
    } catch (error) {
      throw classify(error, false);
    }
  }

  const deliver = (chat: string, view: View, replaces: MessageRef | undefined): Promise<MessageRef> =>
    replaces ? post.change({ ...replaces, chat }, view) : post.message(chat, view);

  return async function send(to, view, replaces) {
    if (to.home) return post.home(to.user, view);
    const chat = await chatOf(to);
    try {
      return await deliver(chat, view, replaces);
    } catch (error) {
      if (!(error instanceof Unreachable) || error.message !== 'channel_not_found') throw error;
      // The chat may have got another id (a migrated workspace): asked once, sent once.
      people.forgetChat(to.user);
      const now = await chatOf({ ...to, chat: to.user });
      if (now === chat) throw error;
      return await post.message(now, view);
    }
  };
}
