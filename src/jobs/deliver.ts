import { setTimeout as sleep } from 'node:timers/promises';
import { type Channel, type Log, NotSent, SlowDown, Unreachable } from '../chat/channel.ts';
import type { MessageRef } from '../chat/inbound.ts';
import type { View } from '../chat/view.ts';
import type { Database } from '../program/context.ts';
import { markMoved, markUnreachable } from '../program/deliveries/addresses.ts';
import type { Begun } from '../program/deliveries/begin.ts';
import { type Claimed, giveBack } from '../program/deliveries/claim.ts';
import {
  type Arrived,
  dropSuperseded,
  markDropped,
  markFailed,
  markRetry,
  markUnknown,
  markUntried,
} from '../program/deliveries/outcome.ts';
import { pauseChannel } from '../program/deliveries/pace.ts';
import { type ComposeTools, compose } from './compose.ts';
import { isOfCampaign } from './compose-campaign.ts';
import { errorName } from './error-name.ts';
import type { FirstAlone } from './first-alone.ts';
import type { Pacer, Slot } from './pacer.ts';
import { backoffMs, type Tuning } from './tuning.ts';

/** How the handling of one delivery ended. `waiting`: the gate keeps it for later. `returned`: it was not begun, somebody takes it again. */
export type Outcome = 'sent' | 'failed' | 'retry' | 'unknown' | 'dropped' | 'waiting' | 'moved' | 'paused' | 'returned';

export type DeliverTools = ComposeTools & {
  channel: Channel;
  /** Every channel that is there, for a person's next address. */
  channels: readonly string[];
  db: Database;
  /** Program time. */
  clock: () => Date;
  log: Log;
  tuning: Tuning;
  /** Whether messages are sent beyond the free limit. */
  paid: boolean;
  pacer: Pacer;
  pictures: FirstAlone;
  /** Begins to send, if the message may go now. */
  begin(row: Claimed): Promise<Begun>;
  /** Notes that a message arrived. */
  arrived(it: Arrived): Promise<unknown>;
  /** Tells the workers of another channel that a message has moved there. */
  ring(channel: string): void;
  /** Aborted when the process is asked to stop: nothing new is begun. */
  stopping: AbortSignal;
};

async function sendInTime(row: Claimed, view: View, { channel, paid, tuning }: DeliverTools): Promise<MessageRef> {
  const { user = '', chat = '' } = row.address ?? {};
  const how = { ...(row.place === 'home' ? { home: true as const } : {}), ...(paid ? { paid: true as const } : {}) };
  const to = { channel: row.channel, user, chat, ...how };
  const late = new AbortController();
  const timeout = sleep(tuning.sendTimeoutMs, undefined, { signal: late.signal }).then(() => {
    throw new Error('no answer in time');
  });
  try {
    return await Promise.race([channel.send(to, view, row.shown === null ? undefined : { chat, id: row.shown }), timeout]);
  } finally {
    timeout.catch(() => undefined);
    late.abort();
  }
}

async function moveOn(row: Claimed, { db, clock, channels, ring }: DeliverTools): Promise<Outcome> {
  const next = await markUnreachable(db, row, clock(), channels);
  if (next === null) return 'failed';
  if (next !== row.channel) ring(next);
  return 'moved';
}

async function afterError(row: Claimed, error: unknown, tools: DeliverTools): Promise<Outcome> {
  const { db, clock, log, tuning } = tools;
  if (error instanceof Unreachable) return moveOn(row, tools);
  if (error instanceof SlowDown) {
    tools.pacer.rest(error.retryAfterMs);
    await pauseChannel(db, row.channel, error.retryAfterMs);
    await markUntried(db, row);
    log.info({ channel: row.channel, ms: error.retryAfterMs }, 'the messenger asks everyone to wait');
    return 'paused';
  }
  const reason = errorName(error);
  const again = new Date(clock().getTime() + backoffMs(row.attempt, tuning));
  if (error instanceof NotSent && error.again && row.attempt < tuning.tries) {
    await markRetry(db, row, again, reason);
    return 'retry';
  }
  if (row.doubts === 0)
    log.error({ delivery: row.id, channel: row.channel, reason }, 'a message could not be sent, or may not have been');
  if (!(error instanceof NotSent)) return markUnknown(db, row, again, reason);
  await markFailed(db, row, error.again ? 'gave_up' : 'refused', reason);
  return 'failed';
}

async function prepare(row: Claimed, tools: DeliverTools): Promise<View | Outcome> {
  const { db, clock, log, tuning } = tools;
  if (!row.address || row.address.dead) return moveOn(row, tools);
  if (row.place === 'home') await dropSuperseded(db, row, clock());
  try {
    const view = await compose(row, tools);
    if (view) return view;
  } catch (error) {
    const reason = errorName(error);
    // A notice is pure and would fail again; others are read from the database.
    const isRead = row.place === 'home' || isOfCampaign(row) || tools.screens?.has(row.notice);
    if (isRead && row.attempt < tuning.tries) {
      await markRetry(db, row, new Date(clock().getTime() + backoffMs(row.attempt + 1, tuning)), reason, 1);
      return 'retry';
    }
    log.error({ delivery: row.id, notice: row.notice, reason }, 'a message could not be written');
    await markFailed(db, row, 'not_written', reason);
    return 'failed';
  }
  await markDropped(db, row, 'nothing_to_say');
  return 'dropped';
}

/** Begins the send so that it can go when its slot comes. */
async function beginInTurn(claimed: Claimed, tools: DeliverTools): Promise<{ row: Claimed; slot: Slot } | Outcome> {
  const { db, begin, pacer, stopping, tuning } = tools;
  const slot = await pacer.take();
  await pacer.near(slot, stopping);
  const startedAt = performance.now();
  const begun: Begun = stopping.aborted ? { became: 'lost' } : await begin(claimed);
  if (begun.became !== 'sending') pacer.giveBack(slot);
  if (begun.became === 'lost') {
    await giveBack(db, claimed.worker, [claimed.id]);
    return 'returned';
  }
  if (begun.became !== 'sending') return begun.became;
  pacer.prepared(performance.now() - startedAt);
  // With the lease goes the right to send, and the answer has to come within it.
  const reached = await pacer.reach(slot, startedAt + tuning.leaseMs / 2);
  if (reached) return { row: begun.row, slot: reached };
  await markUntried(db, begun.row);
  return 'returned';
}

async function send(claimed: Claimed, view: View, tools: DeliverTools): Promise<Outcome> {
  const begun = await beginInTurn(claimed, tools);
  if (typeof begun === 'string') return begun;
  const { row, slot } = begun;
  let message: MessageRef;
  try {
    const sending = sendInTime(row, view, tools);
    setImmediate(tools.pacer.left, slot);
    message = await sending;
  } catch (error) {
    return afterError(row, error, tools);
  }
  await tools.arrived({ row, message });
  if (row.place === 'chat' && message.chat !== row.address?.chat) await markMoved(tools.db, row, message.chat);
  return 'sent';
}

/** Carries out one claimed delivery: its text, the gate, its turn, the send, what came of it. Rejects only when the database is away. */
export async function deliver(claimed: Claimed, tools: DeliverTools): Promise<Outcome> {
  const view = await prepare(claimed, tools);
  if (typeof view === 'string') return view;
  const leave = await tools.pictures.enter(view.image?.png);
  let outcome: Outcome | undefined;
  try {
    outcome = await send(claimed, view, tools);
    return outcome;
  } finally {
    leave(outcome === 'sent');
  }
}
