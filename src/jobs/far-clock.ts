// How far apart two clocks may run, in milliseconds per millisecond: what time servers correct at most.
const drift = 0.0005;

/** How the database's clock stands to this process's own, as far as questions and answers show. */
export type FarClock = {
  /** It showed `farMs` (since 1970) at some moment between two of ours (`performance.now()`). */
  seen(farMs: number, askedAt: number, answeredAt: number): void;
  /** When it shows `farMs`, by our clock: not before `from` and not after `to`. */
  here(farMs: number): { from: number; to: number };
};

/** Makes it. Every sighting narrows what is known, time widens it; a clock that was set is seen anew. */
export function createFarClock(): FarClock {
  let least = Number.NEGATIVE_INFINITY;
  let most = Number.POSITIVE_INFINITY;
  let since = 0;
  return {
    seen(farMs, askedAt, answeredAt) {
      const apart = (answeredAt - since) * drift;
      since = answeredAt;
      const low = Math.max(least - apart, farMs - answeredAt);
      const high = Math.min(most + apart, farMs - askedAt);
      [least, most] = low <= high ? [low, high] : [farMs - answeredAt, farMs - askedAt];
    },
    here: (farMs) => ({ from: farMs - most, to: farMs - least }),
  };
}
