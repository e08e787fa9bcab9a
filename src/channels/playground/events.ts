import type { Hub, Log } from '../../chat/channel.ts';
import type { FileRef, Inbound, MessageRef } from '../../chat/inbound.ts';
import type { View } from '../../chat/view.ts';
import { limits } from './limits.ts';
import { keptFile, keptText, type Messages } from './messages.ts';
import { isPhone, names, numbers, type Phone, type PhonePerson } from './phones.ts';
import { Refused } from './requests.ts';

/** What was done on a phone. `id` is made by the page, so that a request sent again is the same event. */
type Event = {
  id: string;
  phone: Phone;
  language?: string;
  text: string;
  pressed?: string;
  shares?: true;
  silent?: true;
  photo?: FileRef & { name: string };
};

type Desk = {
  channel: string;
  hub: Hub;
  messages: Messages;
  log: Log;
  now(): Date;
  people(): Promise<Partial<Record<Phone, PhonePerson>>>;
  /** Something of ours can be seen: whoever watches the messages looks now. */
  ring(): void;
  show(phone: Phone, view: View, replaces: MessageRef | undefined, key: string): Promise<unknown>;
};

function readCommon(body: Record<string, unknown>): Pick<Event, 'id' | 'phone' | 'language'> {
  const { id, phone, language } = body;
  if (typeof id !== 'string' || !/^[A-Za-z0-9-]{8,64}$/.test(id))
    throw new Refused(400, 'An event needs an id of 8 to 64 letters and digits.');
  if (!isPhone(phone)) throw new Refused(400, 'There is no such phone.');
  if (language === undefined) return { id, phone };
  if (typeof language !== 'string' || !/^[a-z]{2}$/.test(language)) throw new Refused(400, 'A language is two letters.');
  return { id, phone, language };
}

/** @throws Refused 400 */
export function readEvent(body: Record<string, unknown>): Event {
  const common = readCommon(body);
  const { text, pressed, shares } = body;
  if (typeof text !== 'string' || text.trim() === '') throw new Refused(400, 'There is nothing in it.');
  if (text.length > limits.textUnits) throw new Refused(413, 'That is too long.');
  if (pressed === undefined) return { ...common, text };
  if (typeof pressed !== 'string' || !/^\d{1,15}$/.test(pressed)) throw new Refused(400, 'There is no such message.');
  return { ...common, text, pressed, ...(shares === 'contact' ? { shares: true } : {}) };
}

/** A picture that was sent, as an event. @throws Refused 400 */
export const photoEvent = (fields: Record<string, unknown>, name: string, photo: FileRef): Event => ({
  ...readCommon(fields),
  text: '',
  photo: { ...photo, name },
});

/**
 * Takes what is done on the phones: each phone's events one after the other, a repeated one with one effect (the kernel knows the
 * id, and so do the messages).
 */
export function createDesk({ channel, hub, messages, log, now, people, ring, show }: Desk) {
  const turns = new Map<Phone, Promise<unknown>>();

  async function answer(event: Event): Promise<void> {
    const { id, phone, text, language, pressed, photo } = event;
    const inbound: Inbound = {
      id: `${channel}-${id}`,
      from: { channel, user: phone, chat: phone },
      name: names[phone],
      place: 'direct',
      // A phone hands over its own number, as a messenger does: what it means is the command that takes one.
      text: event.shares ? 'phone' : text,
      ...(event.shares && { contact: { phone: numbers[phone] } }),
      ...(language && { language }),
      ...(pressed && { pressed: { chat: phone, id: pressed } }),
      ...(photo && { photo }),
    };
    if (!pressed && !event.silent) {
      await messages.append({ phone, mine: true, at: now(), content: photo ? keptFile(photo.name) : keptText(text), key: id });
      ring();
    }
    const view = await hub.handle(inbound);
    if (view) await show(phone, view, inbound.pressed, `${id}-reply`);
  }

  /** @throws Refused 503 when it must be sent again */
  async function take(event: Event): Promise<void> {
    const turn = (turns.get(event.phone) ?? Promise.resolve()).then(() => answer(event));
    turns.set(
      event.phone,
      turn.catch(() => undefined),
    );
    try {
      await turn;
    } catch (error) {
      log.error({ err: error, event: event.id }, 'an event of the playground was not answered; the page sends it again');
      throw new Refused(503, 'That did not work. It is tried again.');
    }
  }

  return {
    take,
    /** The language switch of a phone: told to the program once there is somebody to speak another language to. */
    async speak(body: Record<string, unknown>): Promise<void> {
      const { language, ...common } = readCommon(body);
      if (!language) throw new Refused(400, 'Which language?');
      const person = (await people())[common.phone];
      if (person) await take({ ...common, language, text: `language ${language}`, silent: true });
    },
    /** Waits for what has begun. */
    async settle(): Promise<void> {
      await Promise.all(turns.values());
    },
  };
}
