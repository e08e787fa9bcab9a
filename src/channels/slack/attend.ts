import type { Hub, Log } from '../../chat/channel.ts';
import type { Inbound } from '../../chat/inbound.ts';
import { Away } from './away.ts';
import { type FetchFile, fileRef } from './files.ts';
import { type People, type Person, within } from './people.ts';
import type { Happening } from './read.ts';
import type { createReplier, Turn } from './reply.ts';

/** The name of this messenger in addresses. */
export const channelName = 'slack';

// Names and chats are details: the three seconds that Slack gives are for the effect.
const lookupMs = 900;

/** From what happened to its effect and its reply. */
export function createAttendant({
  hub,
  people,
  fetchFile,
  reply,
  log,
}: {
  hub: Hub;
  people: People;
  fetchFile: FetchFile;
  reply: ReturnType<typeof createReplier>;
  log: Log;
}) {
  /** @throws Away when the database is away. A reply that can't be shown is logged: its effect stands, and asking again gives it again. */
  async function attend(happening: Happening, turn: Turn): Promise<void> {
    const { user, surface } = happening;
    const nobody: Person = { name: '' };
    const [person, chat] = await Promise.all([within(lookupMs, people.person(user), nobody), chatOf(happening)]);
    const place = placeOf(happening, chat);
    const { id, text, pressed, file } = happening;
    const view = await orAway(
      hub.handle({
        id,
        from: { channel: channelName, user, chat, ...(surface.kind === 'home' ? { home: true } : {}) },
        name: person.name || happening.name || '',
        ...(person.language ? { language: person.language } : {}),
        place,
        text,
        ...(pressed ? { pressed } : {}),
        ...(file ? { photo: fileRef(file, fetchFile) } : {}),
      }),
    );
    if (!view || surface.kind === 'closed') return;
    await reply(view, { happening, place: place === 'home' ? 'direct' : place, chat, turn }).catch((error: unknown) => {
      log.warn({ event: id, err: error }, 'a reply could not be shown in Slack');
    });
  }

  async function chatOf({ user, chat }: Happening): Promise<string> {
    if (!chat) return within(lookupMs, people.chat(user), user);
    people.keepChat(user, chat);
    return chat;
  }

  return {
    attend,
    /** @throws Away when the database is away */
    deactivated: async (user: string): Promise<void> => {
      const chat = await within(0, people.chat(user), user);
      people.forgetChat(user);
      await orAway(hub.reachable({ channel: channelName, user, chat }, false));
    },
  };
}

/** Whether others read along: everywhere but in the app's own direct chat, its home and its modals. */
function placeOf({ surface }: Happening, chat: string): Inbound['place'] {
  switch (surface.kind) {
    case 'home':
      return 'home';
    case 'command':
      return surface.channel === chat ? 'direct' : 'group';
    case 'press':
      return surface.message.chat === chat || (!surface.ephemeral && surface.message.chat.startsWith('D')) ? 'direct' : 'group';
    case 'pressInModal':
    case 'submission':
    case 'closed':
      return surface.meta.origin.place;
    default:
      return 'direct';
  }
}

async function orAway<Result>(handled: Promise<Result>): Promise<Result> {
  try {
    return await handled;
  } catch (cause) {
    throw new Away('the database is away', { cause });
  }
}
