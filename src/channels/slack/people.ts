import type { WebClient } from '@slack/web-api';
import { createMemory } from './memory.ts';

/** As Slack shows somebody; the language is that of their client. */
export type Person = { name: string; language?: string };

export type People = ReturnType<typeof createPeople>;

const maxKept = 5000;
const hourMs = 3600_000;

/** Who people are and where they are reached, asked once an hour. */
export function createPeople(client: WebClient, now: () => number) {
  const persons = createMemory<Person>({ max: maxKept, ttlMs: hourMs, now });
  const chats = createMemory<string>({ max: maxKept, ttlMs: 24 * hourMs, now });

  async function fetchPerson(user: string): Promise<Person> {
    const found = (await client.users.info({ user, include_locale: true })).user;
    const name = found?.profile?.display_name || found?.profile?.real_name || found?.real_name || found?.name || '';
    return { name, ...(found?.locale ? { language: found.locale } : {}) };
  }

  async function openChat(user: string): Promise<string> {
    const { channel } = await client.conversations.open({ users: user });
    if (!channel?.id) throw new Error('Slack opened a conversation without an id');
    return channel.id;
  }

  return {
    /** Rejects when Slack does not say. */
    person: (user: string): Promise<Person> => persons.getOr(user, () => fetchPerson(user)),
    /** The app's direct chat with somebody. Rejects when there can't be one. */
    chat: (user: string): Promise<string> => chats.getOr(user, () => openChat(user)),
    keepChat: (user: string, chat: string): void => chats.set(user, chat),
    forgetChat: (user: string): void => chats.forget(user),
  };
}

/** What was found within `ms`, else what is given: somebody who waits should not wait for a detail. */
export async function within<Value>(ms: number, found: Promise<Value>, otherwise: Value): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<Value>((resolve) => {
    timer = setTimeout(resolve, ms, otherwise);
  });
  return await Promise.race([found.catch(() => otherwise), patience]).finally(() => clearTimeout(timer));
}
