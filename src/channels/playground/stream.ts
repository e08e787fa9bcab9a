import { limits } from './limits.ts';
import { type Message, type Messages, shownMessage } from './messages.ts';

const pollMs = 400;
const stateEveryMs = 2_000;
const heartbeatMs = 15_000;

/** Rings when something was written here, so that nobody waits for the next poll. */
export type Bell = {
  ring(): void /** True when it rang, false when the time is over. */;
  wait(ms: number, signal: AbortSignal): Promise<boolean>;
};

export function createBell(): Bell {
  const waiting = new Set<(rang: boolean) => void>();
  return {
    ring() {
      for (const wake of waiting) wake(true);
    },
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const wake = (rang: boolean) => {
          clearTimeout(timer);
          waiting.delete(wake);
          signal.removeEventListener('abort', giveUp);
          resolve(rang);
        };
        const giveUp = () => wake(false);
        const timer = setTimeout(giveUp, ms);
        waiting.add(wake);
        signal.addEventListener('abort', giveUp);
        if (signal.aborted) giveUp();
      }),
  };
}

type Source = { messages: Messages; state(): Promise<object>; bell: Bell };

// What a page asks to go on after may be gone (a new database, a conversation cut short): then it starts anew.
async function* resume(messages: Messages, after: number): AsyncGenerator<string, number> {
  if (after === 0 || (await messages.find(after))) return after;
  yield 'event: reset\ndata: {}\n\n';
  return 0;
}

const messageEvent = (message: Message) =>
  `id: ${message.id}\nevent: message\ndata: ${JSON.stringify(shownMessage(message))}\n\n`;

/**
 * Everything that all three phones show after message `after`, as Server-Sent Events: `message` (with an id to resume by), `state`
 * whenever it differs, `reset` when the page must forget what it has. The table is read again and again, because another process may
 * have written to it.
 */
async function* tell({ messages, state, bell }: Source, after: number, signal: AbortSignal): AsyncGenerator<string> {
  yield 'retry: 1000\n\n';
  let last = yield* resume(messages, after);
  let told = '';
  let toldAt = 0;
  let rang = true;
  let aliveAt = Date.now();
  while (!signal.aborted) {
    const fresh = await messages.since(last, limits.page);
    for (const message of fresh) yield messageEvent(message);
    last = fresh.at(-1)?.id ?? last;
    if (fresh.length === limits.page) continue;
    if (rang || fresh.length > 0 || Date.now() - toldAt >= stateEveryMs) {
      const data = JSON.stringify(await state());
      if (data !== told) yield `event: state\ndata: ${data}\n\n`;
      told = data;
      toldAt = Date.now();
    }
    if (Date.now() - aliveAt >= heartbeatMs) {
      yield ': still here\n\n';
      aliveAt = Date.now();
    }
    rang = await bell.wait(pollMs, signal);
  }
}

/** The stream as a response body. It ends when the page goes, when `stopped` is aborted, or when the messages can't be read. */
export function streamBody(
  source: Source,
  after: number,
  stopped: AbortSignal,
  ended: (error?: unknown) => void,
): ReadableStream<Uint8Array> {
  const gone = new AbortController();
  const encoder = new TextEncoder();
  const parts = tell(source, after, AbortSignal.any([gone.signal, stopped]));
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await parts.next();
        if (value) controller.enqueue(encoder.encode(value));
        if (!done) return;
        controller.close();
        ended();
      } catch (error) {
        controller.close();
        ended(error);
      }
    },
    cancel() {
      gone.abort();
      ended();
    },
  });
}
