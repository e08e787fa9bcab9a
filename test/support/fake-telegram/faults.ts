/** What happens to one request instead of the usual. Exactly one of the kinds, except that a delay goes with any. */
export type Fault = {
  /** An answer of the Bot API: 429 with `retryAfter` (seconds), 403, 400, 500 … Nothing was accepted. */
  status?: number;
  description?: string;
  retryAfter?: number;
  migrateTo?: number;
  /** Accepted, carried out, and the connection is cut instead of an answer. */
  dropReply?: true;
  /** The connection is cut before anything was accepted. */
  cut?: true;
  delayMs?: number;
  /** On its way here for so long: who has hung up by then was never heard. */
  thereMs?: number;
  /** Heard; the answer is on its way back for so long. */
  backMs?: number;
};

/** Shares (0..1) of requests that meet a fault, decided by the seed, the method and how often it was called: the same in every run. */
export type RandomFaults = {
  seed: number;
  dropReply?: number;
  cut?: number;
  tooMany?: number;
  serverError?: number;
  delay?: number;
  /** At most this long a delay; 50 unless told. */
  delayMs?: number;
  /** Only these methods; all that send or edit unless told. */
  methods?: readonly string[];
};

const descriptions: Record<number, string> = {
  400: 'Bad Request: the fake was told to refuse this',
  401: 'Unauthorized',
  403: 'Forbidden: bot was blocked by the user',
  409: 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
  429: 'Too Many Requests: retry after',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
};

/** The official sentence of a status. */
export function describeFault({ status = 500, description, retryAfter, migrateTo }: Fault): string {
  if (description) return description;
  if (migrateTo !== undefined) return 'Bad Request: group chat was upgraded to a supergroup chat';
  return status === 429 ? `Too Many Requests: retry after ${retryAfter ?? 1}` : (descriptions[status] ?? `Error ${status}`);
}

/** Faults that wait for their request, one-shot and random. */
export function createFaults() {
  const queued = new Map<string, Fault[]>();
  const counts = new Map<string, number>();
  let random: RandomFaults | undefined;
  let decide: ((method: string) => Fault | undefined) | undefined;

  return {
    /** What happens to each call that nothing else was meant for. */
    decides(by: typeof decide): void {
      decide = by;
    },
    next(method: string, fault: Fault, times: number): void {
      queued.set(method, [...(queued.get(method) ?? []), ...Array.from({ length: times }, () => fault)]);
    },
    randomly(faults: RandomFaults | undefined): void {
      random = faults;
      counts.clear();
    },
    /** The fault of this request, if any. */
    take(method: string): Fault | undefined {
      const exact = queued.get(method)?.shift();
      if (exact) return exact;
      if (!random) return decide?.(method);
      const methods = random.methods;
      if (methods ? !methods.includes(method) : !/^(send|edit|answer|delete)/.test(method)) return undefined;
      const count = (counts.get(method) ?? 0) + 1;
      counts.set(method, count);
      return drawn(random, method, count);
    },
  };
}

function drawn(faults: RandomFaults, method: string, count: number): Fault | undefined {
  const draw = fractionOf(`${faults.seed}/${method}/${count}`);
  const kinds: [number | undefined, Fault][] = [
    [faults.dropReply, { dropReply: true }],
    [faults.cut, { cut: true }],
    [faults.tooMany, { status: 429, retryAfter: 1 }],
    [faults.serverError, { status: 500 }],
    [faults.delay, { delayMs: Math.ceil(fractionOf(`${faults.seed}/${method}/${count}/delay`) * (faults.delayMs ?? 50)) }],
  ];
  let edge = 0;
  for (const [share = 0, fault] of kinds) {
    edge += share;
    if (draw < edge) return fault;
  }
  return undefined;
}

/** A number in 0..1 that depends on the text alone (FNV-1a with a final mix). */
export function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
