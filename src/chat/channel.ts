import type { Address, Inbound, MessageRef } from './inbound.ts';
import type { MenuItem, View } from './view.ts';

/** What a channel reports to. */
export type Hub = {
  /**
   * One event in, one reply out; absent: nothing to say. Idempotent by `inbound.id`. Rejects only when the database is away (the
   * event must then be delivered again); every other failure is a reply.
   */
  handle(inbound: Inbound): Promise<View | undefined>;
  /** The person blocked or left the bot, or came back. */
  reachable(address: Address, yes: boolean): Promise<void>;
};

export type Listener = {
  /** True, or in a few words what is not working. */
  ready(): true | string;
  /** For messengers that call us: mounted by the web server under this path. */
  webhook?: { path: string; fetch(request: Request): Promise<Response> };
  /** Takes nothing new, finishes what has begun. */
  stop(): Promise<void>;
};

/** A messenger. Everything that is special about one stands in its folder; nothing else knows it. */
export interface Channel {
  readonly name: string;
  /** What the messenger takes in bulk: `max` messages in any `perMs`; and for money, each at most `milliPrice` thousandths of `unit`. */
  readonly pace: { max: number; perMs: number };
  readonly paidPace?: { max: number; perMs: number; milliPrice: number; unit: 'stars' };
  listen(hub: Hub): Promise<Listener>;
  /**
   * Shows a view, in place of an earlier message when `replaces` is given and the messenger can; `paid`: beyond the free limit. Throws
   * only Unreachable, SlowDown, NotSent; anything else means that nobody knows whether it arrived.
   */
  send(to: Address & { paid?: true }, view: View, replaces?: MessageRef): Promise<MessageRef>;
  /** A link that opens the bot with a payload (at most 64 of `[A-Za-z0-9_-]`), for messengers that have one; undefined until the bot knows its name. */
  link?(payload: string): string | undefined;
}

/** The address is dead: blocked, deactivated, gone. Never try it again until there is a sign of life. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** The messenger wants everyone to wait. */
export class SlowDown extends Error {
  override readonly name = 'SlowDown';
  readonly retryAfterMs: number;
  constructor(retryAfterMs: number) {
    super(`slow down for ${retryAfterMs} ms`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** It has certainly not arrived. `again`: trying once more can help (no connection), or cannot (the messenger refused the content). */
export class NotSent extends Error {
  override readonly name = 'NotSent';
  readonly again: boolean;
  constructor(message: string, again: boolean, options?: ErrorOptions) {
    super(message, options);
    this.again = again;
  }
}

/** What every channel is handed besides its own settings. */
export type ChannelTools = {
  log: Log;
  /** What the messenger gave us for bytes that were uploaded before, by the SHA-256 of the bytes. */
  uploads: {
    find(hash: string): Promise<string | undefined>;
    keep(hash: string, ref: string): Promise<void>;
    forget(hash: string): Promise<void>;
  };
  /** Puts an event aside that can't even be read, so that it blocks nobody. */
  putAside(id: string, event: unknown, error: unknown): Promise<void>;
  /** The commands everybody has, and what the bot says of itself, per language; `en` is always among them. */
  introductions: readonly { language: string; name: string; about: string; description: string; menu: readonly MenuItem[] }[];
};

/** As pino: an object of facts, then a sentence. */
export type Log = Record<'debug' | 'info' | 'warn' | 'error', (facts: object, sentence: string) => void>;
