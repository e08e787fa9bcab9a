import type { Entity } from './content.ts';
import { buttonsOf, type Message, type World } from './world.ts';

/** A message of the bot, as the person sees it now. */
export type Seen = {
  id: string;
  /** Text or caption. */
  text: string;
  entities: readonly Entity[];
  buttons: readonly { label: string; does?: string; url?: string; copy?: string; style?: string }[];
  image?: Uint8Array;
  file?: { name: string; bytes: Uint8Array };
  message: Message;
};

/** What a message must have in it: a text, a pattern, or whatever the function says. */
export type Fits = string | RegExp | ((seen: Seen) => boolean);

/** What a client shows of a message. */
export function seenOf(world: World, message: Message): Seen {
  const { photo, document } = message;
  const image = photo && world.files.get(photo.at(-1)?.file_id ?? '')?.bytes;
  const file = document && world.files.get(document.file_id);
  return {
    id: String(message.message_id),
    text: message.text ?? message.caption ?? '',
    entities: message.entities ?? message.caption_entities ?? [],
    buttons: buttonsOf(message).map(({ text, callback_data, url, copy_text, style }) => ({
      label: text,
      ...(callback_data === undefined ? {} : { does: callback_data }),
      ...(url === undefined ? {} : { url }),
      ...(copy_text === undefined ? {} : { copy: copy_text.text }),
      ...(style === undefined ? {} : { style }),
    })),
    ...(image ? { image } : {}),
    ...(file ? { file: { name: file.name, bytes: file.bytes } } : {}),
    message,
  };
}

/** The first message in a chat that appeared or changed after `since` changes and fits, as soon as there is one. */
export function nextSeen(world: World, chatId: number, since: number, fits: Fits, timeoutMs: number): Promise<Seen> {
  const find = () => {
    const fresh = world.changes.slice(since).filter(({ message }) => message.chat.id === chatId);
    return fresh.map(({ message }) => seenOf(world, message)).find((seen) => fitting(seen, fits));
  };
  const now = find();
  if (now) return Promise.resolve(now);
  return new Promise((resolve, reject) => {
    const stopWatching = world.watch(() => {
      const found = find();
      if (!found) return;
      clearTimeout(timer);
      stopWatching();
      resolve(found);
    });
    const timer = setTimeout(() => {
      stopWatching();
      const last = [...(world.rooms.get(chatId)?.messages.values() ?? [])].at(-1);
      reject(
        new Error(
          `chat ${chatId} did not get ${String(fits)}; its last message is ${JSON.stringify(last?.text ?? last?.caption)}`,
        ),
      );
    }, timeoutMs);
  });
}

function fitting(seen: Seen, fits: Fits): boolean {
  if (typeof fits === 'function') return fits(seen);
  return typeof fits === 'string' ? seen.text.includes(fits) : fits.test(seen.text);
}
