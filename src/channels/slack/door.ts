import type { ChannelTools } from '../../chat/channel.ts';
import { Away } from './away.ts';
import { limits } from './limits.ts';
import { createMemory } from './memory.ts';
import { identify } from './read.ts';
import type { Turn } from './reply.ts';
import type { Spool, Spooled } from './spool.ts';
import { createWaitingRoom } from './waiting-room.ts';

/** A request from Slack, by HTTP or through the socket. `ack` answers it; without it Slack delivers events again. */
export type Knock = { body: Record<string, unknown>; ack(payload?: object): Promise<void> };

/** Treats one event: its effect and its reply. Rejects with Away when it has to come again, with anything else when it can't be read. */
export type Treat = (body: Record<string, unknown>, turn: Turn) => Promise<void>;

export type Door = ReturnType<typeof createDoor>;

/**
 * Lets events in: those of one person in their order, each acknowledged only when its effect is in the database or the event itself on
 * the disk, so that nothing that Slack thinks we have can be lost.
 */
export function createDoor(options: {
  treat: Treat;
  spool: Spool;
  putAside: ChannelTools['putAside'];
  log: ChannelTools['log'];
  now(): number;
}) {
  const { treat, spool, now } = options;
  const lanes = new Map<string, Promise<unknown>>();
  const treated = createMemory<true>({ max: 10_000, ttlMs: 3600_000, now });
  const room = createWaitingRoom({
    treat: (event) => treatOrPutAside(event, { receivedAt: event.at, answer: async () => false }),
    spool,
    putAside: options.putAside,
    log: options.log,
  });
  let closed = false;

  /** One after the other for each person. */
  function inLane<Result>(user: string, task: () => Promise<Result>): Promise<Result> {
    const turn = (lanes.get(user) ?? Promise.resolve()).then(task);
    const settled = turn.then(
      () => {},
      () => {},
    );
    lanes.set(user, settled);
    void settled.then(() => lanes.get(user) === settled && lanes.delete(user));
    return turn;
  }

  /** @throws Away; what can't be read is put aside, where it blocks nobody */
  async function treatOrPutAside({ id, body }: Spooled, turn: Turn): Promise<void> {
    if (treated.has(id)) return;
    try {
      await treat(body, turn);
    } catch (error) {
      if (error instanceof Away) throw error;
      options.log.error({ event: id, err: error }, 'an event from Slack could not be read');
      await options.putAside(id, withoutToken(body), error).catch((reason: unknown) => {
        throw new Away('an event could not be put aside', { cause: reason });
      });
    }
    treated.set(id, true);
  }

  /** Resolves when the event was treated or kept; rejects when it was neither and Slack must keep it. */
  async function admit(knock: Knock): Promise<void> {
    if (closed) throw new Error('closing');
    const known = identify(knock.body);
    if (!known) return knock.ack();
    const receivedAt = now();
    const event: Spooled = { ...known, at: receivedAt, body: withoutToken(knock.body) };
    const request = openRequest(knock, () => spool.put(event));
    const late = setTimeout(request.keepAndAcknowledge, limits.answerWithinMs);
    try {
      await inLane(event.user, () => treatOrKeep(event, request));
      await request.acknowledge();
    } finally {
      clearTimeout(late);
    }
  }

  async function treatOrKeep(event: Spooled, request: Request): Promise<void> {
    try {
      // Behind events that wait, this one waits too: what a person did stays in its order.
      if (room.holds(event.user)) throw new Away('earlier events of this person wait');
      await treatOrPutAside(event, { receivedAt: event.at, answer: request.answer });
      if (await request.kept()) await spool.done(event.id);
    } catch (error) {
      if (!(error instanceof Away)) throw error;
      if (!(await request.kept())) await spool.put(event);
      room.add(event);
    }
  }

  return {
    admit,
    /** Takes over what earlier processes left. */
    adopt: async (): Promise<void> => (await spool.adopt()).forEach(room.add),
    /** Whether events wait for the database. */
    waiting: room.size,
    /** Lets nothing in any more, and resolves when all that is inside has been treated or kept. */
    async close(): Promise<void> {
      closed = true;
      while (lanes.size > 0) await Promise.all(lanes.values());
      await room.close();
      await spool.close();
    },
  };
}

type Request = ReturnType<typeof openRequest>;

/** One request and its single answer. Once kept on disk it may be answered before it is treated. */
function openRequest(knock: Knock, keep: () => Promise<void>) {
  let answered: Promise<void> | undefined;
  let keeping: Promise<boolean> | undefined;
  const acknowledge = (payload?: object): Promise<void> => (answered ??= knock.ack(payload));
  return {
    acknowledge: () => acknowledge().catch(() => {}),
    async answer(payload?: object): Promise<boolean> {
      if (answered || keeping) return false;
      return acknowledge(payload).then(
        () => true,
        () => false,
      );
    },
    keepAndAcknowledge(): void {
      if (answered || keeping) return;
      keeping = keep().then(
        () => true,
        () => false,
      );
      void keeping.then((kept) => (kept ? acknowledge().catch(() => {}) : undefined));
    },
    kept: async (): Promise<boolean> => (await keeping) ?? false,
  };
}

/** The verification token in a body is of no use to anybody but Slack's oldest checks; it does not belong on a disk. */
function withoutToken({ token: _, ...body }: Record<string, unknown>): Record<string, unknown> {
  return body;
}
