import { createHash } from 'node:crypto';
import { type Button, type Entity, type Keyboard, photoSize } from './content.ts';
import { badRequest, Refused } from './refused.ts';

export type User = {
  id: number;
  is_bot: boolean;
  first_name: string;
  last_name?: string;
  username?: string;
  language_code?: string;
};
export type Chat = {
  id: number;
  type: 'private' | 'group' | 'supergroup';
  title?: string;
  first_name?: string;
  last_name?: string;
  username?: string;
};
type Size = { file_id: string; file_unique_id: string; width: number; height: number; file_size: number };

/** A message as the Bot API shows it. */
export type Message = {
  message_id: number;
  date: number;
  chat: Chat;
  from: User;
  text?: string;
  entities?: Entity[];
  caption?: string;
  caption_entities?: Entity[];
  photo?: Size[];
  document?: { file_id: string; file_unique_id: string; file_name: string; file_size: number };
  contact?: { phone_number: string; first_name: string; user_id?: number };
  reply_markup?: Keyboard;
  edit_date?: number;
};

export type StoredFile = {
  kind: 'photo' | 'document';
  id: string;
  name: string;
  bytes: Uint8Array;
  width: number;
  height: number;
};

/** A chat, what was said in it, and why the bot can't write to it, if it can't. */
export type Room = { chat: Chat; messages: Map<number, Message>; closed?: string; migratedTo?: number };

/** A callback query, and what the bot answered. */
export type Query = {
  id: string;
  from: User;
  message: Message;
  data: string;
  answers: { text?: string; show_alert?: boolean }[];
};

/** Everything the messenger remembers. */
export type World = ReturnType<typeof createWorld>;

export function createWorld(bot: User) {
  const rooms = new Map<number, Room>();
  const files = new Map<string, StoredFile>();
  const queries = new Map<string, Query>();
  const changes: { message: Message; number: number }[] = [];
  const watchers = new Set<() => void>();
  let lastMessageId = 0;

  return {
    bot,
    rooms,
    files,
    queries,
    /** Every message of the bot, as often as it appeared or changed, in this order. */
    changes,
    /** Calls back on every change until the returned function is called. */
    watch(callback: () => void): () => void {
      watchers.add(callback);
      return () => watchers.delete(callback);
    },
    newMessage(chat: Chat, from: User, content: Omit<Message, 'message_id' | 'date' | 'chat' | 'from'>): Message {
      const message: Message = { message_id: ++lastMessageId, date: nowSeconds(), chat, from, ...content };
      roomOf(rooms, chat.id).messages.set(message.message_id, message);
      if (from.id === bot.id) this.changed(message);
      return message;
    },
    changed(message: Message): void {
      changes.push({ message, number: changes.length + 1 });
      for (const callback of watchers) callback();
    },
    /** The room the bot may write to now, or the refusal that Telegram gives. */
    openRoom(chatId: unknown): Room {
      const room = typeof chatId === 'number' ? rooms.get(chatId) : undefined;
      if (!room) badRequest('chat not found');
      if (room.migratedTo !== undefined) {
        const parameters = { migrate_to_chat_id: room.migratedTo };
        throw new Refused(400, 'Bad Request: group chat was upgraded to a supergroup chat', { parameters });
      }
      if (room.closed) throw new Refused(403, `Forbidden: ${room.closed}`);
      return room;
    },
    keepFile(kind: StoredFile['kind'], upload: { name: string; bytes: Uint8Array }): StoredFile {
      const hash = createHash('sha256').update(upload.bytes).digest('hex').slice(0, 12);
      const size = kind === 'photo' ? photoSize(upload.bytes) : { width: 0, height: 0 };
      const file = { kind, id: `AgAC-${kind}-${files.size + 1}-${hash}`, ...upload, ...size };
      files.set(file.id, file);
      return file;
    },
  };
}

/** The room of a chat, made when it is new. */
export function roomOf(rooms: Map<number, Room>, id: number): Room {
  const room = rooms.get(id);
  if (!room) throw new Error(`the fake knows no chat ${id}`);
  return room;
}

export const nowSeconds = () => Math.floor(Date.now() / 1000);

/** What two versions of a message must differ in to count as modified. */
export function contentOf(message: Message): string {
  const { text, entities = [], caption, caption_entities = [], photo, document, reply_markup } = message;
  const files = [photo?.[0]?.file_unique_id, document?.file_unique_id];
  return JSON.stringify([text, entities, caption ?? '', caption_entities, files, reply_markup?.inline_keyboard ?? []]);
}

/** The buttons of a message, row after row. */
export const buttonsOf = (message: Message): Button[] => message.reply_markup?.inline_keyboard.flat() ?? [];
