import type { Channel } from '../../src/chat/channel.ts';
import type { Address, MessageRef } from '../../src/chat/inbound.ts';
import { plainText, type View } from '../../src/chat/view.ts';

export type Send = { to: Address; view: View; text: string; atMs: number };

/** A messenger in memory. `script` may wait, throw, or answer in place of the messenger; every call is recorded before it. */
export function createScriptedChannel(
  name: string,
  script: (send: Send, n: number) => Promise<MessageRef | undefined> | undefined = () => undefined,
  pace = { max: 1_000, perMs: 1_000 },
): Channel & { sends: Send[] } {
  const sends: Send[] = [];
  return {
    name,
    pace,
    sends,
    listen: async () => ({ ready: () => true, stop: async () => undefined }),
    async send(to, view) {
      const send = { to, view, text: plainText(view), atMs: performance.now() };
      const n = sends.push(send);
      return (await script(send, n)) ?? { chat: to.chat, id: `m${n}` };
    },
  };
}
