import { createFaults, type Fault, fractionOf, type RandomFaults } from './faults.ts';
import { createInbox, type Inbox } from './inbox.ts';
import { createMethods } from './methods.ts';
import { createProfile } from './methods-profile.ts';
import { createPerson, type PersonFacts } from './person.ts';
import { type Accepted, startServer, type Turned } from './server.ts';
import { createWorld, type Room, roomOf } from './world.ts';

export type { Fault, RandomFaults } from './faults.ts';
export type { Person } from './person.ts';
export type { Seen } from './seen.ts';
export type { Accepted } from './server.ts';

export type FakeTelegram = Awaited<ReturnType<typeof startFakeTelegram>>;

/**
 * A strict Bot API on loopback, with the people's side to script. Ids and faults depend on `seed` alone. `secondMs` is how long a second
 * of Telegram's own waits lasts (long polls, Retry-After of webhooks). `readsAll`: the bot also gets ordinary talk in groups.
 */
export async function startFakeTelegram({
  seed = 1,
  secondMs = 1000,
  token = '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw',
  readsAll = false,
} = {}) {
  const world = createWorld({
    id: Number(token.split(':')[0]),
    is_bot: true,
    first_name: 'Regulars',
    username: 'regulars_test_bot',
  });
  const inbox = createInbox(100_000_000 + Math.floor(fractionOf(`${seed}`) * 1_000_000), secondMs);
  const profile = createProfile();
  const methods = createMethods(inbox, profile);
  const faults = createFaults();
  const server = await startServer({ token, world, methods, faults });
  const { accepted, refused, mistakes } = server;

  return {
    token,
    apiRoot: `http://127.0.0.1:${server.port}`,
    bot: world.bot,
    /** Every call that was let in, in order. */
    accepted: accepted as readonly Accepted[],
    /** Calls of one method that were let in. */
    calls: (method: string): readonly Accepted[] => accepted.filter((one) => one.method === method),
    /** Every call that was answered with an error, in order. */
    refused: refused as readonly Turned[],
    /** Everything that broke the specification or a documented limit. A correct bot leaves it empty. */
    mistakes: mistakes as readonly string[],
    /** Menus by `<scope>[:<chat>]/<language>`. */
    menus: profile.menus,
    /** Name, description, short_description by `<field>/<language>`. */
    texts: profile.texts,
    pending: inbox.pending,
    /** The next `times` calls of a method meet this fault. */
    next: (method: string, fault: Fault, times = 1) => faults.next(method, fault, times),
    /** Random faults from now on; none when called without. */
    faults: (random?: RandomFaults) => faults.randomly(random),
    /** What happens to each call from now on is for the caller to say. */
    decides: faults.decides,
    /** Another program polls with the same token. */
    rivals: (on: boolean) => inbox.rivals(on),
    /** Nobody answers at the address any more, until `comesBack`. */
    async goesAway() {
      await server.shut();
      // The client's side notices the closed connections a moment later.
      await new Promise((resolve) => setTimeout(resolve, 30));
    },
    comesBack: server.reopen,
    person: (facts: PersonFacts, { started = true } = {}) =>
      createPerson(world, readsAll ? inbox : commandsOnly(inbox), facts, started),
    group: ({ id, title }: { id: number; title: string }): { id: number } => {
      world.rooms.set(id, { chat: { id, title, type: 'group' }, messages: new Map() });
      return { id };
    },
    /** The group becomes a supergroup with another id; the old one refuses and names the new one. */
    migrates(group: { id: number }): { id: number } {
      const old = roomOf(world.rooms, group.id);
      const id = -1_000_000_000_000 - Math.abs(group.id);
      const room: Room = { chat: { ...old.chat, id, type: 'supergroup' }, messages: new Map() };
      world.rooms.set(id, room);
      old.migratedTo = id;
      return { id };
    },
    /** An update of any kind and shape, also one that no client would make. */
    pushes: (chatId: number, kind: string, content: unknown) => inbox.push(chatId, kind, content),
    async stop() {
      inbox.close();
      await server.shut();
    },
  };
}

/** In groups a bot gets commands only, unless its privacy mode is off. https://core.telegram.org/bots/features#privacy-mode */
function commandsOnly(inbox: Inbox): Inbox {
  return {
    ...inbox,
    push(chatId, kind, content) {
      const text = (content as { text?: string }).text ?? '';
      if (chatId < 0 && kind === 'message' && !text.startsWith('/')) return undefined;
      return inbox.push(chatId, kind, content);
    },
  };
}
