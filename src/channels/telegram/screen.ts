import { createHash } from 'node:crypto';
import { type Api, InputFile } from 'grammy';
import type { Message } from 'grammy/types';
import type { ChannelTools } from '../../chat/channel.ts';
import type { MessageRef } from '../../chat/inbound.ts';
import type { View } from '../../chat/view.ts';
import { isRefusal, isStaleFile, Refused } from './problem.ts';
import { type Painted, render } from './render.ts';

/**
 * Shows a view in a chat, in place of `replaces` where Telegram can, else below it, without the old buttons; `paid`: beyond the free limit.
 * Rejects with RangeError (see `render`), `Refused`, `Lost`.
 */
export type Show = (chat: string, view: View, replaces?: MessageRef, paid?: boolean) => Promise<MessageRef>;

// Thousands of messages share one picture: it is read once.
const hashes = new WeakMap<Uint8Array, string>();

function hashOf(png: Uint8Array): string {
  const hash = hashes.get(png) ?? createHash('sha256').update(png).digest('hex');
  hashes.set(png, hash);
  return hash;
}

type Sent = Painted & { paid: boolean | undefined };

export function createScreen(api: Api, { uploads, log }: Pick<ChannelTools, 'uploads' | 'log'>): Show {
  return async (chat, view, replaces, paid) => {
    const painted = render(view);
    if (replaces && (await edit(replaces, view, painted))) return replaces;
    const ref = await post(chat, view, { ...painted, paid });
    if (replaces) await withoutButtons(replaces);
    return ref;
  };

  /** False: the message can't become this one (text can't take the place of a picture), or is gone. */
  async function edit({ chat, id }: MessageRef, view: View, painted: Painted): Promise<boolean> {
    if (view.file || painted.contact !== undefined) return false;
    const { text, entities } = painted;
    const keyboard = { reply_markup: { inline_keyboard: painted.keyboard } };
    const [chatId, messageId] = [Number(chat), Number(id)];
    try {
      if (view.image) {
        await withPhoto(view.image.png, (media) =>
          api.editMessageMedia(chatId, messageId, { type: 'photo', media, caption: text, caption_entities: entities }, keyboard),
        );
      } else {
        await api.editMessageText(chatId, messageId, text, {
          entities,
          link_preview_options: { is_disabled: true },
          ...keyboard,
        });
      }
      return true;
    } catch (error) {
      if (isRefusal(error, 400, 'message is not modified')) return true;
      if (isRefusal(error, 400)) return false;
      throw error;
    }
  }

  async function post(chat: string, view: View, painted: Sent): Promise<MessageRef> {
    try {
      return { chat, id: String((await postTo(Number(chat), view, painted)).message_id) };
    } catch (error) {
      // A group that became a supergroup has another id.
      const movedTo = error instanceof Refused ? error.parameters.migrate_to_chat_id : undefined;
      if (movedTo === undefined) throw error;
      return { chat: String(movedTo), id: String((await postTo(movedTo, view, painted)).message_id) };
    }
  }

  function postTo(chatId: number, view: View, painted: Sent): Promise<Message> {
    const { text, entities } = painted;
    const markup = { ...markupOf(painted), ...(painted.paid ? { allow_paid_broadcast: true } : {}) };
    const caption = text === '' ? markup : { caption: text, caption_entities: entities, ...markup };
    if (view.file) return api.sendDocument(chatId, new InputFile(view.file.bytes, fileName(view.file.name)), caption);
    if (view.image) return withPhoto(view.image.png, (photo) => api.sendPhoto(chatId, photo, caption));
    return api.sendMessage(chatId, text, { entities, link_preview_options: { is_disabled: true }, ...markup });
  }

  /** The same bytes travel once: later messages name the file that Telegram has. */
  async function withPhoto<Shown extends Message | true>(
    png: Uint8Array,
    use: (photo: string | InputFile) => Promise<Shown>,
  ): Promise<Shown> {
    const hash = hashOf(png);
    const known = await quietly(() => uploads.find(hash));
    if (known !== undefined) {
      try {
        return await use(known);
      } catch (error) {
        if (!isStaleFile(error)) throw error;
        await quietly(() => uploads.forget(hash));
      }
    }
    const sent = await use(new InputFile(png, 'card.png'));
    const fileId = sent === true ? undefined : sent.photo?.at(-1)?.file_id;
    if (fileId !== undefined) await quietly(() => uploads.keep(hash, fileId));
    return sent;
  }

  /** The cache saves time; that it can't be reached must not undo or prevent a message. */
  async function quietly<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      log.warn({ err: error }, 'the cache of uploads does not answer');
      return undefined;
    }
  }

  async function withoutButtons({ chat, id }: MessageRef): Promise<void> {
    try {
      await api.editMessageReplyMarkup(Number(chat), Number(id));
    } catch (error) {
      log.debug({ err: error }, 'old buttons stay');
    }
  }
}

/** Only a keyboard in place of the person's own can ask for their number, and a message takes one kind of keyboard. */
function markupOf({ keyboard, contact }: Painted) {
  if (contact !== undefined) {
    const ask = [[{ text: contact, request_contact: true as const }]];
    return { reply_markup: { keyboard: ask, resize_keyboard: true, one_time_keyboard: true } };
  }
  return keyboard.length > 0 ? { reply_markup: { inline_keyboard: keyboard } } : {};
}

/** A file name that can stand in a form's header. */
const fileName = (name: string): string => name.replace(/[\r\n";\\/]+/g, '_').slice(0, 100) || 'file';
