import { createHash } from 'node:crypto';
import type { FileState } from './blocks.ts';
import { isJson, type Json } from './rules.ts';

export type User = { id: string; name: string; realName: string; locale: string; deleted: boolean };
export type Conversation = { id: string; name: string; user?: string; members: Set<string>; archived: boolean };
export type Message = {
  channel: string;
  ts: string;
  from: string;
  text: string;
  blocks: Json[];
  /** The only one who sees it. */
  onlyFor?: string;
  file?: string;
  edited: number;
};
export type StoredFile = { id: string; name: string; bytes: Uint8Array; altText: string; readyAt: number; complete: boolean };
export type StoredView = { id: string; hash: string; user: string; view: Json; errors: Record<string, string> };
export type ResponseUrl = { user: string; channel: string; message: Message | undefined; since: number; uses: number };

export const ids = { team: 'T0REGULARS', app: 'A0REGULARS', bot: 'B0REGULARS', botUser: 'U0REGULARS' } as const;

export type Workspace = ReturnType<typeof createWorkspace>;

const triggerMs = 3000;
const responseUrlMs = 30 * 60_000;

/** Everything the workspace holds. Time can be moved forward with `passes`. */
export function createWorkspace(options: { processingMs: number }) {
  let number = 0;
  let passedMs = 0;
  const now = () => Date.now() + passedMs;
  const next = () => String(++number).padStart(6, '0');
  const newId = (prefix: string): string => `${prefix}0${next()}AA`;
  const newTs = (): string => `${Math.floor(now() / 1000)}.${next()}`;

  const users = new Map<string, User>();
  const conversations = new Map<string, Conversation>();
  const messages: Message[] = [];
  const files = new Map<string, StoredFile>();
  const homes = new Map<string, StoredView>();
  /** Stacks of open modals, the top one last, by user. */
  const modals = new Map<string, StoredView[]>();
  const triggers = new Map<string, { user: string; since: number; used: boolean }>();
  const responseUrls = new Map<string, ResponseUrl>();

  function addConversation(id: string, name: string, members: string[], user?: string): Conversation {
    const conversation = { id, name, members: new Set(members), archived: false, ...(user ? { user } : {}) };
    conversations.set(id, conversation);
    return conversation;
  }

  return {
    now,
    newId,
    newTs,
    users,
    conversations,
    messages,
    files,
    homes,
    modals,
    responseUrls,
    passes: (ms: number): void => {
      passedMs += ms;
    },

    addUser(name: string, locale: string): User {
      const user: User = {
        id: newId('U'),
        name: name.toLowerCase().replace(/\W+/g, '.'),
        realName: name,
        locale,
        deleted: false,
      };
      users.set(user.id, user);
      return user;
    },

    addConversation,
    /** The app's direct chat with somebody, opened when it is not there. */
    direct: (user: string): Conversation =>
      [...conversations.values()].find((one) => one.user === user) ??
      addConversation(newId('D'), 'directmessage', [user, ids.botUser], user),

    addMessage(fields: Omit<Message, 'ts' | 'edited'>): Message {
      const message: Message = { ...fields, blocks: named(fields.blocks), ts: newTs(), edited: 0 };
      messages.push(message);
      return message;
    },
    message: (channel: string, ts: string): Message | undefined =>
      messages.find((one) => one.channel === channel && one.ts === ts),

    addFile(name: string, altText: string): StoredFile {
      const file: StoredFile = {
        id: newId('F'),
        name,
        bytes: new Uint8Array(),
        altText,
        readyAt: Number.POSITIVE_INFINITY,
        complete: false,
      };
      files.set(file.id, file);
      return file;
    },
    /** An upload is complete; Slack still has to look at it. */
    completeFile(file: StoredFile): void {
      file.complete = true;
      file.readyAt = now() + options.processingMs;
    },
    fileState(id: string): FileState {
      const file = files.get(id);
      if (!file?.complete) return 'missing';
      return file.readyAt <= now() ? 'ready' : 'processing';
    },

    addTrigger(user: string): string {
      const id = `${Date.now()}.${next()}.${createHash('sha256').update(String(number)).digest('hex').slice(0, 32)}`;
      triggers.set(id, { user, since: now(), used: false });
      return id;
    },
    /** Whose trigger it is; it is good for three seconds and once. */
    useTrigger(id: string): { user: string } | { error: string } {
      const trigger = triggers.get(id);
      if (!trigger) return { error: 'invalid_trigger_id' };
      if (trigger.used) return { error: 'exchanged_trigger_id' };
      if (now() - trigger.since > triggerMs) return { error: 'expired_trigger_id' };
      trigger.used = true;
      return { user: trigger.user };
    },

    addResponseUrl(user: string, channel: string, message?: Message): string {
      const id = newId('R');
      responseUrls.set(id, { user, channel, message, since: now(), uses: 0 });
      return id;
    },
    /** Half an hour and five uses. */
    useResponseUrl(id: string): ResponseUrl | { error: string } {
      const found = responseUrls.get(id);
      if (!found) return { error: 'invalid_url' };
      if (now() - found.since > responseUrlMs) return { error: 'expired_url' };
      if (found.uses >= 5) return { error: 'used_url' };
      found.uses++;
      return found;
    },

    newView: (user: string, view: Json, id = newId('V')): StoredView => ({
      id,
      hash: `${newTs()}.${next()}`,
      user,
      view: { ...view, blocks: named(view['blocks']) },
      errors: {},
    }),
  };
}

// Slack gives every block without a name one.
let nameless = 0;
const named = (blocks: unknown): Json[] =>
  Array.isArray(blocks) ? blocks.filter(isJson).map((block) => ({ block_id: `b${++nameless}`, ...block })) : [];
