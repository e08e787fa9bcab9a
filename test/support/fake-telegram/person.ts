import type { Button, Entity } from './content.ts';
import type { Inbox } from './inbox.ts';
import { type Fits, nextSeen, type Seen, seenOf } from './seen.ts';
import { buttonsOf, type Chat, type Message, nowSeconds, type Query, type Room, roomOf, type User, type World } from './world.ts';

/** Who somebody is. Their private chat with the bot has the same id. */
export type PersonFacts = { id: number; name: string; last_name?: string; username?: string; language_code?: string };
/** Where somebody acts: their private chat unless a group is given. */
type Where = { in?: { id: number } };
export type Person = ReturnType<typeof createPerson>;

const neverStarted = "bot can't initiate conversation with a user";

/** A person with a Telegram client. `started`: false means that they never opened the bot, which may not write to them then. */
export function createPerson(world: World, inbox: Inbox, facts: PersonFacts, started: boolean) {
  const { id, name, ...rest } = facts;
  const user: User = { id, is_bot: false, first_name: name, ...rest };
  const { language_code: _, is_bot: __, ...shown } = user;
  const privateChat: Chat = { ...shown, type: 'private' };
  const room: Room = {
    chat: privateChat,
    messages: new Map(),
    ...(started ? {} : { closed: neverStarted }),
  };
  world.rooms.set(id, room);
  let acted = 0;

  const act = (where: Where): Room => {
    acted = world.changes.length;
    if (!where.in && room.closed === neverStarted) delete room.closed;
    if (!where.in && room.closed) throw new Error(`${name} can't write: ${room.closed}`);
    return roomOf(world.rooms, where.in?.id ?? id);
  };
  const write = (where: Where, content: Partial<Message>): Message => {
    const { chat } = act(where);
    const message = world.newMessage(chat, user, content);
    inbox.push(chat.id, 'message', message);
    return message;
  };
  const membership = (before: string, after: string) => {
    const member = (status: string) => ({ status, user: world.bot, ...(status === 'kicked' ? { until_date: 0 } : {}) });
    inbox.push(id, 'my_chat_member', {
      chat: privateChat,
      from: user,
      date: nowSeconds(),
      old_chat_member: member(before),
      new_chat_member: member(after),
    });
  };
  const messages = (where: Where = {}): Seen[] => {
    const all = [...roomOf(world.rooms, where.in?.id ?? id).messages.values()].sort((a, b) => a.message_id - b.message_id);
    return all.filter(({ from }) => from.id === world.bot.id).map((message) => seenOf(world, message));
  };

  return {
    id,
    user,
    /** Types a text; commands are marked as Telegram's clients do. */
    async says(text: string, where: Where = {}): Promise<Message> {
      const entities = commandsIn(text);
      return write(where, { text, ...(entities.length > 0 ? { entities } : {}) });
    },
    /** Follows `t.me/<bot>?start=<payload>` and presses Start. */
    async opens(payload: string): Promise<Message> {
      if (!/^[A-Za-z0-9_-]{1,64}$/.test(payload))
        throw new Error(`a start payload is at most 64 of [A-Za-z0-9_-], not "${payload}"`);
      return this.says(`/start ${payload}`);
    },
    async sharesContact(phone = '+35850123456', owner: { id: number } = user): Promise<Message> {
      return write({}, { contact: { phone_number: phone, first_name: name, user_id: owner.id } });
    },
    async sendsPhoto(bytes: Uint8Array, caption = '', where: Where = {}): Promise<Message> {
      return write(where, { photo: photoOf(world, bytes), ...(caption ? { caption } : {}) });
    },
    /** Sends a file as it is, without the messenger's making a photo of it. */
    async sendsFile(name: string, bytes: Uint8Array, where: Where = {}): Promise<Message> {
      const { id } = world.keepFile('document', { name, bytes });
      return write(where, { document: { file_id: id, file_unique_id: id.slice(-12), file_name: name, file_size: bytes.length } });
    },
    /** Changes one of their own messages. */
    async edits(message: Message, text: string): Promise<void> {
      inbox.push(message.chat.id, 'edited_message', { ...message, text, edit_date: nowSeconds() });
    },
    /**
     * Presses a button that does something: of `message`, or of the newest message that has one with this label. Gives the query, in which
     * the bot's answers appear.
     */
    async presses(...target: [label: string, where?: Where] | [message: Seen | Message, label: string]): Promise<Query> {
      const [message, label] =
        typeof target[0] === 'string'
          ? [this.newestWith(target[0], target[1] as Where), target[0]]
          : [rawOf(target[0]), target[1] as string];
      const button = buttonOf(message, label);
      if (button.callback_data === undefined) throw new Error(`the button "${label}" does nothing in the chat`);
      acted = world.changes.length;
      const query: Query = {
        id: `query-${world.queries.size + 1}`,
        from: user,
        message,
        data: button.callback_data,
        answers: [],
      };
      world.queries.set(query.id, query);
      const { answers: __, ...shownQuery } = query;
      inbox.push(message.chat.id, 'callback_query', { ...shownQuery, chat_instance: String(message.chat.id) });
      return query;
    },
    newestWith(label: string, where: Where = {}): Message {
      const found = messages(where)
        .reverse()
        .find(({ buttons }) => buttons.some((button) => button.label === label));
      if (!found) throw new Error(`no message has a button "${label}"`);
      return found.message;
    },
    async blocks(): Promise<void> {
      room.closed = 'bot was blocked by the user';
      membership('member', 'kicked');
    },
    async returns(): Promise<void> {
      delete room.closed;
      membership('kicked', 'member');
    },
    /** The account is deleted: no update tells the bot. */
    async deactivates(): Promise<void> {
      room.closed = 'user is deactivated';
    },
    /** The bot's messages in a chat, oldest first. */
    messages,
    /** The last message of the bot in a chat. */
    sees: (where: Where = {}): Seen | undefined => messages(where).at(-1),
    /** The first message that appears or changes after this person's last act and fits. Rejects when none has come in time. */
    gets: (fits: Fits = () => true, { timeoutMs = 10_000, ...where }: Where & { timeoutMs?: number } = {}): Promise<Seen> =>
      nextSeen(world, where.in?.id ?? id, acted, fits, timeoutMs),
  };
}

/** A photo as clients send it: a thumbnail, and the picture itself. */
function photoOf(world: World, bytes: Uint8Array): NonNullable<Message['photo']> {
  const { id, width, height } = world.keepFile('photo', { name: 'photo.jpg', bytes });
  const size = { file_id: id, file_unique_id: id.slice(-12), width, height, file_size: bytes.length };
  return [{ ...size, file_id: 'thumbnail', width: 90, height: 90 }, size];
}

const rawOf = (message: Seen | Message): Message => ('message' in message ? message.message : message);

function buttonOf(message: Message, label: string): Button {
  const button = buttonsOf(message).find(({ text }) => text === label);
  if (!button) throw new Error(`the message has no button "${label}"`);
  return button;
}

const commandsIn = (text: string): Entity[] =>
  [...text.matchAll(/(?<=^|\s)\/[A-Za-z0-9_]+(@\w+)?/g)].map((found) => ({
    type: 'bot_command',
    offset: found.index,
    length: found[0].length,
  }));
