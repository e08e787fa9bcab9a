import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from '../chat/channel.ts';
import type { Database } from '../program/context.ts';
import { type Spread, takeSlots } from '../program/deliveries/pace.ts';
import { createFarClock } from './far-clock.ts';
import { createGather } from './gather.ts';

/*
 * At most `max` messages arrive in any `perMs`, wherever that begins. What this costs of the pace, in parts of `perMs`: a message leaves at most `late` after
 * its moment, or asks for longer; and the way to the messenger may take from message to message up to `travel` longer.
 */
const late = 0.008;
const travel = 0.018;
// After a gap it may be faster for a while: the window has room.
const haste = 0.8;
// So many groups in a period, or nearly; each leaves within a few milliseconds.
const groups = 30;

/** A moment to send that nobody else has, by `performance.now()`: not before `from`, not after `until`. */
export type Slot = { from: number; until: number; turn: number };

/** Groups of one size that make up the pace exactly. */
export function spreadOf({ max, perMs }: Channel['pace']): Spread {
  let size = Math.max(1, Math.floor(max / groups));
  while (max % size !== 0) size -= 1;
  const tracks = max / size;
  return { tracks, size, perMs, spacingMs: (perMs / tracks) * haste, lateMs: perMs * late, travelMs: perMs * travel };
}

/** Hands out the moments to send of one pace, shared with all processes. */
export type Pacer = {
  /** The next free slot. */
  take(): Promise<Slot>;
  /** It was not used: the next one who asks in time gets it. */
  giveBack(slot: Slot): void;
  /** Waits until it is time to prepare for a slot (what `prepared` says of how long that takes), or `signal` stops the waiting. */
  near(slot: Slot, signal: AbortSignal): Promise<void>;
  /** How long the preparation took, in milliseconds. */
  prepared(tookMs: number): void;
  /**
   * Waits until it is time; a slot that was missed is given longer, or another. Returns the one to use now; undefined: `deadline` (by `performance.now()`)
   * came first, or the channel rests.
   */
  reach(slot: Slot, deadline: number): Promise<Slot | undefined>;
  /** It is out. When this process was held up on the way, what comes a period later is moved. */
  left(slot: Slot): void;
  /** The messenger wants nothing for so long. Other processes learn it with their next slot. */
  rest(ms: number): void;
};

async function until(moment: number, signal?: AbortSignal): Promise<void> {
  // Timers are whole milliseconds and may be a little early.
  for (let ms = moment - performance.now(); ms > 0 && !signal?.aborted; ms = moment - performance.now())
    await sleep(Math.ceil(ms), undefined, signal ? { signal } : {}).catch(() => undefined);
}

const leadMs = { first: 15, least: 4, most: 250 };
// Asked for at once by those who wait: what is taken ahead is lost when this process ends.
const most = 50;

/** Makes the pacer of a pace: `name` is what processes share it by. */
export function createPacer(db: Database, name: string, pace: Channel['pace']): Pacer {
  const spread = spreadOf(pace);
  const clock = createFarClock();
  const unused: Slot[] = [];
  let lead = leadMs.first;
  let restUntil = 0;
  const slotAt = (farMs: number, turn: number): Slot => {
    const { from, to } = clock.here(farMs);
    return { from: to, until: from + spread.lateMs, turn };
  };
  // Asked with the turn that was missed, or for a new one.
  const ask = createGather<number | undefined, Slot | undefined>(async (asked) => {
    const missed = asked.filter((turn) => turn !== undefined);
    const askedAt = performance.now();
    const taken = await takeSlots(db, name, spread, { count: asked.length - missed.length, longer: missed });
    clock.seen(taken.now, askedAt, performance.now());
    if (taken.restMs !== null) restUntil = Math.max(restUntil, clock.here(taken.restMs).to);
    const slots = taken.slots.map(([atMs, turn]) => slotAt(atMs, turn));
    const longer = taken.longer.map((atMs, n) => (atMs === null ? undefined : slotAt(atMs, missed[n] ?? 0)));
    return asked.map((turn) => (turn === undefined ? slots : longer).shift());
  }, most);
  const take = async (): Promise<Slot> => {
    const now = performance.now();
    for (let slot = unused.shift(); slot; slot = unused.shift()) if (slot.until > now) return slot;
    const slot = await ask(undefined);
    if (!slot) throw new Error('no slot was given');
    return slot;
  };
  return {
    take,
    giveBack: (slot) => void unused.push(slot),
    near: (slot, signal) => until(slot.from - lead, signal),
    prepared(tookMs) {
      lead = Math.min(leadMs.most, Math.max(leadMs.least, tookMs * 1.5 + 2, lead * 0.97));
    },
    async reach(first, deadline) {
      for (let slot = first; slot.from < deadline; slot = (await ask(slot.turn)) ?? (await take())) {
        await until(slot.from);
        const now = performance.now();
        if (now < restUntil) return undefined;
        if (now <= slot.until) return slot;
      }
      return undefined;
    },
    left(slot) {
      if (performance.now() > slot.until) ask(slot.turn).catch(() => undefined);
    },
    rest(ms) {
      restUntil = Math.max(restUntil, performance.now() + ms);
    },
  };
}
