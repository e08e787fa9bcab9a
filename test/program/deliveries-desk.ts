import type { OpenDatabase } from '../../src/database/client.ts';
import { beginSending } from '../../src/program/deliveries/begin.ts';
import { type Claimed, claimDue } from '../../src/program/deliveries/claim.ts';
import { planDelivery } from '../../src/program/deliveries/plan.ts';

export const now = new Date('2026-03-01T10:00:00Z');
export const later = (ms: number) => new Date(now.getTime() + ms);

type ClaimOptions = { worker?: string; limit?: number; leaseMs?: number; at?: Date; channel?: string };

const terms = { quiet: { from: '21:00', until: '09:00' }, perWeek: 2, zone: 'UTC' };

/** Begins one send; undefined when it may not go. */
export async function markSending(db: OpenDatabase, row: Claimed, leaseMs: number, at = now): Promise<Claimed | undefined> {
  const [begun] = await beginSending(db, [row], { leaseMs, now: at, terms });
  return begun?.became === 'sending' ? begun.row : undefined;
}

/** The verbs of deliveries on a database, with what tests rarely care about filled in. */
export function createDesk(db: OpenDatabase) {
  let people = 0;
  const claim = ({ channel = 'tea', worker = 'w1', at = now, limit = 10, leaseMs = 10_000 }: ClaimOptions = {}) =>
    claimDue({ db, channel, worker, now: at, limit, leaseMs });
  return {
    claim,
    async one(options: ClaimOptions = {}): Promise<Claimed> {
      const [row] = await claim(options);
      if (!row) throw new Error('nothing was due');
      return row;
    },
    /** Somebody with an address on each channel, the last one used last. */
    async person(...channels: string[]): Promise<number> {
      const { id } = await db.prisma.person.create({ data: { name: `Person ${++people}`, createdAt: now } });
      for (const [index, channel] of channels.entries()) {
        await db.prisma.address.create({ data: { personId: id, channel, user: `u${id}`, chat: `c${id}`, usedAt: later(index) } });
      }
      return id;
    },
    plan: (personId: number, dedupe: string, params: Record<string, unknown> = {}, at = now) =>
      db.prisma.$transaction((tx) => planDelivery(tx, { personId, notice: 'credited', params, dedupe, now: at })),
    row: (dedupe: string) => db.prisma.delivery.findUniqueOrThrow({ where: { dedupe } }),
    async clear() {
      await db.prisma.delivery.deleteMany();
      await db.prisma.setting.deleteMany();
      await db.prisma.address.deleteMany();
    },
  };
}
