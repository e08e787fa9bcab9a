import { setTimeout as sleep } from 'node:timers/promises';
import { type Channel, type Log, NotSent, SlowDown, Unreachable } from '../chat/channel.ts';
import type { MessageRef } from '../chat/inbound.ts';
import type { View } from '../chat/view.ts';
import type { Database } from '../program/context.ts';
import { markMoved, markUnreachable } from '../program/deliveries/addresses.ts';
import { type Claimed, giveBack } from '../program/deliveries/claim.ts';
import {
  dropSuperseded,
  markDropped,
  markFailed,
  markRetry,
  markSending,
  markSent,
  markUnknown,
  markUntried,
} from '../program/deliveries/outcome.ts';
import { pauseChannel } from '../program/deliveries/pace.ts';
import { type ComposeTools, compose } from './compose.ts';
import { errorName } from './error-name.ts';
import { backoffMs, type Tuning } from './tuning.ts';
import { takeTurn } from './turn.ts';

/** How the handling of one delivery ended. `returned`: it was not begun, somebody takes it again. */
export type Outcome = 'sent' | 'failed' | 'retry' | 'unknown' | 'dropped' | 'moved' | 'paused' | 'returned';

export type DeliverTools = ComposeTools & {
  channel: Channel;
  /** Every channel that is there, for a person's next address. */
  channels: readonly string[];
  db: Database;
  /** Program time. */
  clock: () => Date;
  log: Log;
  tuning: Tuning;
  /** Tells the workers of another channel that a message has moved there. */
  ring(channel: string): void;
  /** Aborted when the process is asked to stop: nothing new is begun. */
  stopping: AbortSignal;
};

const writeTries = 4;
// A process this late is late again: then the turn is used all the same.
const turnTries = 3;

// The message is out: what came of it must be written even when the database blinks.
async function insist(write: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await write();
      return;
    } catch (error) {
      if (attempt === writeTries) throw error;
      await sleep(250 * 2 ** attempt);
    }
  }
}

async function sendInTime(row: Claimed, view: View, { channel, tuning }: DeliverTools): Promise<MessageRef> {
  const { user = '', chat = '' } = row.address ?? {};
  const to = { channel: row.channel, user, chat, ...(row.place === 'home' ? { home: true as const } : {}) };
  const late = new AbortController();
  const timeout = sleep(tuning.sendTimeoutMs, undefined, { signal: late.signal }).then(() => {
    throw new Error('no answer in time');
  });
  try {
    return await Promise.race([channel.send(to, view), timeout]);
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
    // A notice is pure and would fail again; a card is read from the database.
    if (row.place === 'home' && row.attempt < tuning.tries) {
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

/** Carries out one claimed delivery: its turn, its text, the send, what came of it. Rejects only when the database is away. */
export async function deliver(claimed: Claimed, tools: DeliverTools): Promise<Outcome> {
  const { db, tuning } = tools;
  const view = await prepare(claimed, tools);
  if (typeof view === 'string') return view;
  let turn = await takeTurn(tools, tools.stopping);
  const row = tools.stopping.aborted ? undefined : await markSending(db, claimed, tuning.leaseMs);
  if (!row) {
    await giveBack(db, claimed.worker, [claimed.id]);
    return 'returned';
  }
  for (let tries = 1; turn.late() && tries < turnTries; tries++) turn = await takeTurn(tools);
  let message: MessageRef;
  try {
    message = await sendInTime(row, view, tools);
  } catch (error) {
    return afterError(row, error, tools);
  }
  await insist(() => markSent(db, row, message, tuning.restMs));
  if (row.place === 'chat' && message.chat !== row.address?.chat) await markMoved(db, row, message.chat);
  return 'sent';
}
