import type { Chat, Message, Update, User } from 'grammy/types';
import type { Address, FileRef, Inbound } from '../../chat/inbound.ts';
import type { Me } from './bot.ts';

/** What an update means to us. `chat`: where it happened; `query`: a press that must be answered whatever comes of it. */
export type Read =
  | { kind: 'said'; inbound: Inbound; chat: string; query?: string }
  | { kind: 'reachable'; address: Address; yes: boolean }
  | { kind: 'nothing'; query?: string };

/** Fetches a file that somebody sent, by its id. */
type FetchFile = (id: string) => Promise<Uint8Array>;

/** The kinds of updates that `read` understands; Telegram is asked for no others. */
export const updateKinds = ['message', 'callback_query', 'my_chat_member'] as const;

/**
 * An update as an event, or nothing: edited messages, channel posts, bots, service messages, talk in groups that is not for us. Throws
 * for what is no update at all.
 */
export function read(update: Update, me: Me, fetchFile: FetchFile): Read {
  const id = `telegram-${update.update_id}`;
  if (update.message) return readMessage(id, update.message, me, fetchFile);
  if (update.callback_query) return readPress(id, update.callback_query);
  if (update.my_chat_member) return readMembership(update.my_chat_member);
  return { kind: 'nothing' };
}

function readMessage(id: string, message: Message, me: Me, fetchFile: FetchFile): Read {
  const { chat, from } = message;
  const place = placeOf(chat);
  if (!place || !from || from.is_bot) return { kind: 'nothing' };
  const typed = message.text ?? message.caption ?? '';
  const text = addressed(typed, place, me);
  const photo = photoOf(message, fetchFile);
  const contact = message.contact?.user_id === from.id ? { phone: message.contact.phone_number } : undefined;
  if (text === undefined || (text === '' && !photo && !contact)) return { kind: 'nothing' };
  return {
    kind: 'said',
    chat: String(chat.id),
    // Nobody types a contact: what they mean by it is the command that takes one.
    inbound: {
      id,
      ...whoOf(from),
      place,
      text: contact ? 'phone' : text,
      ...(photo ? { photo } : {}),
      ...(contact ? { contact } : {}),
    },
  };
}

function readPress(id: string, press: NonNullable<Update['callback_query']>): Read {
  const { id: query, from, message, data } = press;
  const place = message && placeOf(message.chat);
  if (!place || data === undefined || from.is_bot) return { kind: 'nothing', query };
  const pressed = { chat: String(message.chat.id), id: String(message.message_id) };
  return { kind: 'said', chat: pressed.chat, inbound: { id, ...whoOf(from), place, text: data, pressed }, query };
}

/** In a private chat "kicked" is blocked and "member" is back. Who lets a bot into a group or out says nothing about themselves. */
function readMembership({ chat, from, new_chat_member: { status } }: NonNullable<Update['my_chat_member']>): Read {
  if (chat.type !== 'private') return { kind: 'nothing' };
  const { from: address } = whoOf(from);
  if (status === 'kicked' || status === 'left') return { kind: 'reachable', address, yes: false };
  return status === 'member' ? { kind: 'reachable', address, yes: true } : { kind: 'nothing' };
}

function placeOf(chat: Chat): 'direct' | 'group' | undefined {
  if (chat.type === 'private') return 'direct';
  return chat.type === 'group' || chat.type === 'supergroup' ? 'group' : undefined;
}

/**
 * The text without `@bot` after the command; undefined when it is not for us: another bot's command, or no command in a group. The slash
 * stays: it says that no answer to a question is meant.
 */
function addressed(text: string, place: 'direct' | 'group', me: Me): string | undefined {
  const command = /^\/([A-Za-z0-9_]+)(?:@(\w+))?(?=\s|$)/.exec(text);
  if (!command) return place === 'group' ? undefined : text;
  const [whole, name, bot] = command;
  if (bot !== undefined && bot.toLowerCase() !== me.username.toLowerCase()) return undefined;
  return `/${name}${text.slice(whole.length)}`;
}

/** A photo, or whatever was sent as a file: whether it is a picture is seen when it is read. */
function photoOf({ photo, document }: Message, fetchFile: FetchFile): FileRef | undefined {
  const sent = photo?.at(-1) ?? document;
  if (!sent) return undefined;
  const { file_id: id, file_size: bytes } = sent;
  return { id, ...(bytes === undefined ? {} : { bytes }), read: () => fetchFile(id) };
}

// Messages to a person go to their own chat with the bot, which has their id, also when they spoke in a group.
function whoOf(user: User): Pick<Inbound, 'from' | 'name' | 'language'> {
  const { id, first_name, last_name, language_code } = user;
  return {
    from: { channel: 'telegram', user: String(id), chat: String(id) },
    name: [first_name, last_name].filter(Boolean).join(' '),
    ...(language_code ? { language: language_code } : {}),
  };
}
