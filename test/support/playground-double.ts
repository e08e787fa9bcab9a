import { createPlayground } from '../../src/channels/playground/index.ts';
import type { Message, Messages } from '../../src/channels/playground/messages.ts';
import type { Phone, PhonePerson } from '../../src/channels/playground/phones.ts';
import type { Log } from '../../src/chat/channel.ts';

/** The playground's messages in memory, with the promises of the real table. */
export function memoryMessages(): Messages & { all: Message[] } {
  const all: Message[] = [];
  const keys = new Map<string, number>();
  const withoutBytes = ({ content, ...rest }: Message): Message => {
    if (!('view' in content)) return { ...rest, content };
    const { image, file, ...view } = content.view;
    const { png: _png, ...picture } = image ?? { alt: '', hash: '', width: 0, height: 0 };
    return {
      ...rest,
      content: { ...content, view: { ...view, ...(image && { image: picture }), ...(file && { file: { name: file.name } }) } },
    };
  };
  return {
    all,
    async append({ key, ...message }) {
      const known = key && keys.get(`${message.phone} ${key}`);
      if (known) return known;
      const id = all.length + 1;
      all.push({ id, ...message, content: JSON.parse(JSON.stringify(message.content)) });
      if (key) keys.set(`${message.phone} ${key}`, id);
      return id;
    },
    since: async (id, limit) =>
      all
        .filter((message) => message.id > id)
        .slice(0, limit)
        .map(withoutBytes),
    standing: async (phone, id) =>
      all
        .filter(({ content, ...one }) => 'view' in content && one.phone === phone && (one.id === id || content.replaces === id))
        .map(withoutBytes)
        .at(-1),
    find: async (id) => all.find((message) => message.id === id),
  };
}

/** A clock that starts at a fixed moment and stands still until it is moved. */
function handClock(start = new Date('2026-11-22T12:05:00Z')) {
  let offsetMs = 0;
  return {
    now: () => new Date(start.getTime() + offsetMs),
    offsetMs: () => offsetMs,
    async advance(ms: number) {
      offsetMs += ms;
    },
  };
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

type Options = {
  messages?: Messages;
  people?: Partial<Record<Phone, PhonePerson>>;
  ownerCode?: string;
  origin?: string;
  clock?: ReturnType<typeof handClock>;
};

/** A playground on doubles. `people` is read at every look, so that a test may change it. */
export function testPlayground({
  messages = memoryMessages(),
  people = {},
  ownerCode,
  origin = 'http://localhost:3000',
  clock = handClock(),
}: Options = {}) {
  const channel = createPlayground({
    tools: { log: silentLog },
    messages,
    clock,
    people: async () => people,
    offers: async () => [],
    ...(ownerCode && { ownerCode: async () => ownerCode }),
    shop: { name: 'Café Aurora', timeZone: 'Europe/Helsinki' },
    origin,
  });
  return { channel, messages, people, clock };
}
