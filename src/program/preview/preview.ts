import { isDeepStrictEqual } from 'node:util';
import type { Database } from '../context.ts';
import type { Tx } from '../once.ts';
import type { Rules } from '../rules/rules.ts';
import { type PastOf, pastBefore, qualifying, salesBetween } from './history.ts';
import { levelAt, levelMoves, noLevels, type Side } from './level-moves.ts';
import { type Clock, openClock, openTill, type Till } from './till.ts';
import { worthMinor } from './worth.ts';

/** Points given and money taken off in all; `worthMinor` of the points is null where nothing says what they are worth. */
export type Totals = { points: number; worthMinor: number | null; discountMinor: number };

/** Members who would have got more, or less: how many, by how many points together, and the three with most. */
export type Moved = { members: number; points: number; most: { memberId: number; name: string; points: number }[] };

/** What other rules would have done on the sales of the last days. `levels`: members who would stand higher, or lower; null: no levels. */
export type Preview = {
  days: number;
  sales: number;
  members: number;
  before: Totals;
  after: Totals;
  gain: Moved;
  lose: Moved;
  levels: { up: number; down: number } | null;
};

const dayMs = 86_400_000;
const days = 30;

type Member = { memberId: number; before: Till; after: Till; points: number };

function newSum(): Moved {
  return { members: 0, points: 0, most: [] };
}

function note(moved: Moved, memberId: number, points: number): void {
  moved.members += 1;
  moved.points += points;
  moved.most.push({ memberId, name: '', points });
  if (moved.most.length > 3) moved.most = moved.most.toSorted((one, other) => other.points - one.points).slice(0, 3);
}

/**
 * What rules would have done instead of others on the real sales of the last 30 days. Prices each sale twice (`price`, pure) with what the member
 * was at that moment. Reads one snapshot of the database, read only and without a lock, page by page: credits go on meanwhile.
 */
export async function previewChange(
  db: Database,
  change: { before: Rules; after: Rules; now: Date; timeZone: string },
): Promise<Preview> {
  const { now } = change;
  const from = new Date(now.getTime() - days * dayMs);
  return db.prisma.$transaction(
    async (tx) => {
      await tx.$executeRaw`SET TRANSACTION READ ONLY`;
      const sumsOf = async (rules: Rules) => (rules.tiers ? qualifying(tx, rules.tiers, now, change.timeZone) : null);
      const before: Side = { rules: change.before, sums: await sumsOf(change.before) };
      const after: Side = { rules: change.after, sums: await sumsOf(change.after) };
      const past = await pastBefore(tx, from, now, [change.before, change.after]);
      const counter = createCounter(before, after, openClock(change.timeZone), past);
      for await (const page of salesBetween(tx, from, now)) for (const sale of page) counter.take(sale);
      const found = counter.end();
      return { ...found, gain: await named(tx, found.gain), lose: await named(tx, found.lose) };
    },
    { isolationLevel: 'RepeatableRead', timeout: 120_000 },
  );
}

/** The members with most, by the names that people who work here know. */
async function named(tx: Tx, moved: Moved): Promise<Moved> {
  const members = await tx.member.findMany({
    where: { id: { in: moved.most.map(({ memberId }) => memberId) } },
    include: { person: { select: { name: true } } },
  });
  const nameOf = (id: number): string => {
    const member = members.find((one) => one.id === id);
    return member?.person?.name ?? member?.externalRef ?? member?.code ?? '';
  };
  return { ...moved, most: moved.most.map((one) => ({ ...one, name: nameOf(one.memberId) })) };
}

/** Adds up sales that come member by member. */
function createCounter(before: Side, after: Side, clock: Clock, past: PastOf) {
  const totals = { before: { points: 0, discountMinor: 0 }, after: { points: 0, discountMinor: 0 } };
  const [gain, lose] = [newSum(), newSum()];
  const moved = new Map<number, number>();
  const asStood = isDeepStrictEqual(before.rules.tiers, after.rules.tiers);
  let [sales, members] = [0, 0];
  let current: Member | undefined;

  const levelOf = ({ rules, sums }: Side, memberId: number): string | null | undefined =>
    asStood ? undefined : levelAt(rules.tiers ?? noLevels, sums?.get(memberId) ?? 0);
  const enter = (memberId: number): Member => ({
    memberId,
    before: openTill(before.rules, clock, past(memberId), levelOf(before, memberId)),
    after: openTill(after.rules, clock, past(memberId), levelOf(after, memberId)),
    points: 0,
  });
  const leave = (): void => {
    if (!current) return;
    members += 1;
    const { memberId, points } = current;
    if (points !== 0) moved.set(memberId, points);
    if (points > 0) note(gain, memberId, points);
    if (points < 0) note(lose, memberId, -points);
  };
  const inOrder = (one: Moved): Moved => ({ ...one, most: one.most.toSorted((a, b) => b.points - a.points) });

  return {
    take(sale: Parameters<Till>[0]): void {
      if (current?.memberId !== sale.memberId) {
        leave();
        current = enter(sale.memberId);
      }
      const [was, would] = [current.before(sale), current.after(sale)];
      totals.before.points += was.points;
      totals.before.discountMinor += was.discountMinor;
      totals.after.points += would.points;
      totals.after.discountMinor += would.discountMinor;
      current.points += would.points - was.points;
      sales += 1;
    },
    end(): Preview {
      leave();
      return {
        days,
        sales,
        members,
        before: { ...totals.before, worthMinor: worthMinor(before.rules, totals.before.points) },
        after: { ...totals.after, worthMinor: worthMinor(after.rules, totals.after.points) },
        gain: inOrder(gain),
        lose: inOrder(lose),
        levels: levelMoves(before, after, moved),
      };
    },
  };
}
