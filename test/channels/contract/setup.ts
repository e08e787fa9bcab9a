import type { Channel, Hub, Listener } from '../../../src/chat/channel.ts';
import type { Address, Inbound } from '../../../src/chat/inbound.ts';
import type { View } from '../../../src/chat/view.ts';

/** A message as a person sees it now: escapes undone, layout reduced to the reading order. */
export type Seen = {
  /** As in the `MessageRef` that `send` returned. */
  id: string;
  /** Everything that can be read in it, without the labels of buttons. */
  text: string;
  /** In reading order. A messenger without copy buttons shows what is to be copied in `text`. */
  buttons: readonly { label: string; url?: string; copy?: string }[];
  image?: Uint8Array;
  file?: { name: string; bytes: Uint8Array };
};

/**
 * What can happen to the next message that is sent: `unreachable` the person blocked us; `slow down` the messenger asks for three
 * seconds; `no connection` the request never went out; `refused` the messenger calls the content wrong; `reply lost` the message
 * arrived and the connection broke before the answer.
 */
export type Fault = 'unreachable' | 'slow down' | 'no connection' | 'refused' | 'reply lost';

/** One channel, one messenger double, one person in a direct chat with the bot. */
export type Setup = {
  channel: Channel;
  /** Where the person is reached. */
  address: Address;
  /** After `listen`: connects the double to a listener that is called by the messenger (webhook, events over HTTP). */
  connect?(listener: Listener): Promise<void>;
  /** The messages of the person's chat that came from us, oldest first. */
  seen(): readonly Seen[] | Promise<readonly Seen[]>;
  /** The person types a text. */
  says(text: string): Promise<unknown>;
  /** The person presses the button of the newest message that has one with this label. */
  presses(label: string): Promise<unknown>;
  /** The person sends a picture, with nothing said. */
  sendsPicture(png: Uint8Array): Promise<unknown>;
  /** Arms one fault for the next send, and gives what repairs it afterwards. Called only for faults that the options don't exclude. */
  fault(kind: Fault): Promise<() => Promise<unknown>>;
  close(): Promise<void>;
};

/** What a hub in a test answers; it may wait, or reject as when the database is away. */
export type Reply = (inbound: Inbound) => View | undefined | Promise<View | undefined>;

/** A hub that notes what it is told. */
export function recordingHub(reply: Reply) {
  const handled: Inbound[] = [];
  const reached: { address: Address; yes: boolean }[] = [];
  const hub: Hub = {
    async handle(inbound) {
      handled.push(inbound);
      return await reply(inbound);
    },
    async reachable(address, yes) {
      reached.push({ address, yes });
    },
  };
  return { hub, handled, reached };
}

/** A channel that listens, and what came of it. */
export type Started = Omit<Setup, 'connect'> & { last(): Promise<Seen>; handled: Inbound[]; listener: Listener };
export type Start = (reply?: Reply) => Promise<Started>;

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
