/** How delivery behaves in time. All of it can be set by tests; nothing of it by configuration. */
export type Tuning = {
  /** How long a row belongs to a worker that is not heard of. Longer than `sendTimeoutMs` and the wait for a slot together. */
  leaseMs: number;
  /** After so long without an answer from the messenger nobody knows whether it arrived. */
  sendTimeoutMs: number;
  /** Most messages of one channel under way at a time, per process. As many again are held ready. */
  lanes: number;
  /** The same for messages beyond the free limit, which are many more in a second. */
  paidLanes: number;
  /** What a chat is spared after a message: one a second (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this). */
  restMs: number;
  sweepEveryMs: number;
  expireEveryMs: number;
  warnEveryMs: number;
  campaignsEveryMs: number;
  forgetEveryMs: number;
  /** How long one job drains before it makes room for other workers. */
  sliceMs: number;
  /** How long a stop waits for what is being sent. */
  stopMs: number;
  /** Tries of a message that could certainly not be handed over; a day of them, as long as messengers keep what they could not give us. */
  tries: number;
  /** Wait before the second try; doubled each time, up to `retryMaxMs`. */
  retryMs: number;
  retryMaxMs: number;
};

export const defaultTuning: Tuning = {
  leaseMs: 60_000,
  sendTimeoutMs: 15_000,
  lanes: 8,
  paidLanes: 200,
  restMs: 1_000,
  sweepEveryMs: 5_000,
  expireEveryMs: 15_000,
  warnEveryMs: 900_000,
  campaignsEveryMs: 3_000,
  forgetEveryMs: 3_600_000,
  sliceMs: 30_000,
  stopMs: 15_500,
  tries: 300,
  retryMs: 1_000,
  retryMaxMs: 300_000,
};

/** How long to wait after the `attempt`-th try, in milliseconds: exponential, and somewhere in the upper half, so that not all come back at once. */
export function backoffMs(
  attempt: number,
  { retryMs, retryMaxMs }: Pick<Tuning, 'retryMs' | 'retryMaxMs'>,
  random = Math.random,
): number {
  const full = Math.min(retryMaxMs, retryMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full * (0.5 + random() / 2));
}
