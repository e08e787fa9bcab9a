import { afterAll, describe, expect, it } from 'vitest';
import { undoStamps } from '../../../src/program/stamps/give.ts';
import { newMember } from '../../support/ledger.ts';
import { type Random, seeded } from '../../support/seeded.ts';
import { stampDesk, start } from './desk.ts';

const { db, program, olga, act, buy, give, back, use, counts, open } = await stampDesk();
afterAll(() => db.close());

type Deed =
  | { kind: 'buy'; amountMinor: number; cups: number }
  | { kind: 'refund'; sale: number; share: number }
  | { kind: 'give'; card: 'visits' | 'cups'; stamps: number }
  | { kind: 'undo'; hand: number }
  | { kind: 'use'; which: number }
  | { kind: 'wait' };

function deedOf(random: Random): Deed {
  const kind = random.pick(['buy', 'buy', 'buy', 'buy', 'refund', 'refund', 'refund', 'give', 'undo', 'use', 'wait'] as const);
  if (kind === 'buy') return { kind, amountMinor: random.whole(1, 1500), cups: random.whole(0, 8) };
  if (kind === 'refund') return { kind, sale: random.whole(0, 99), share: random.pick([1, 1, 0.5, 0.34, 0.1]) };
  if (kind === 'give') return { kind, card: random.pick(['visits', 'cups'] as const), stamps: random.whole(1, 5) };
  if (kind === 'undo') return { kind, hand: random.whole(0, 99) };
  if (kind === 'use') return { kind, which: random.whole(0, 9) };
  return { kind };
}

/** Does deeds one after the other to a member of their own; `check` is called after each with what is left of every purchase. */
async function live(deeds: readonly Deed[], check?: (life: Life) => Promise<void>): Promise<Life> {
  const life: Life = { member: await newMember(db), now: start, sales: [], hands: [], used: { visits: 0, cups: 0 } };
  for (const deed of deeds) {
    const { member, sales, hands, now } = life;
    if (deed.kind === 'buy') {
      const { saleId } = await buy(member, deed.amountMinor, deed.cups, { now });
      sales.push({ saleId, amountMinor: deed.amountMinor, left: deed.amountMinor, cups: deed.cups });
    } else if (deed.kind === 'refund' && sales.length > 0) {
      const sale = sales[deed.sale % sales.length];
      const amountMinor = sale && Math.ceil(sale.left * deed.share);
      if (sale && amountMinor) {
        await back(sale.saleId, amountMinor, { now });
        sale.left -= amountMinor;
      }
    } else if (deed.kind === 'give') {
      const { id } = await give(member, deed.card, deed.stamps, { now });
      hands.push({ id, card: deed.card, stamps: deed.stamps });
    } else if (deed.kind === 'undo' && hands.length > 0) {
      const [hand] = hands.splice(deed.hand % hands.length, 1);
      await undoStamps(act({ now, actor: olga }), hand?.id ?? 0, program);
    } else if (deed.kind === 'use') {
      const coupons = await open(member, now);
      const coupon = coupons[deed.which % Math.max(coupons.length, 1)];
      if (coupon) {
        await use(coupon.code, { now });
        life.used[coupon.reward === 'cup' ? 'cups' : 'visits'] += 1;
      }
    } else if (deed.kind === 'wait') life.now = new Date(now.getTime() + 11 * 86_400_000);
    await check?.(life);
  }
  return life;
}
type Life = {
  member: { id: number; code: string };
  now: Date;
  sales: { saleId: number; amountMinor: number; left: number; cups: number }[];
  hands: { id: number; card: 'visits' | 'cups'; stamps: number }[];
  used: { visits: number; cups: number };
};

/** Counters as they would be had nothing been bought but what is left, and nothing given but what was not taken back. */
function expected({ sales, hands, used }: Life): { visits: number; cups: number } {
  const given = (card: string): number => hands.reduce((sum, hand) => sum + (hand.card === card ? hand.stamps : 0), 0);
  const visits = given('visits') + sales.filter(({ left }) => left >= 500).length;
  const cups =
    given('cups') +
    sales.reduce((sum, { left, amountMinor, cups: pieces }) => sum + Math.floor((pieces * left) / amountMinor), 0);
  const left = (stamps: number, of: number, spent: number): number => stamps - of * Math.max(Math.floor(stamps / of), spent);
  return { visits: left(visits, 4, used.visits), cups: left(cups, 5, used.cups) };
}

describe('any history', () => {
  it('leaves the counters of one in which the refunded parts were never bought', async () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const random = seeded(seed);
      const deeds = Array.from({ length: 30 }, () => deedOf(random));
      await live(deeds, async (life) => expect(await counts(life.member), `seed ${seed}`).toEqual(expected(life)));
    }
  }, 60_000);

  it('with whole refunds ends as one that goes without those purchases, coupons and all', async () => {
    for (let seed = 101; seed <= 104; seed += 1) {
      const random = seeded(seed);
      const bought = Array.from(
        { length: 14 },
        (): Deed => ({ kind: 'buy', amountMinor: random.whole(1, 900), cups: random.whole(0, 8) }),
      );
      const gone = bought.map((_, at) => at).filter(() => random.chance(0.4));
      const refunds = gone.map((sale): Deed => ({ kind: 'refund', sale, share: 1 }));
      const one = await live([...bought, ...refunds]);
      const other = await live(bought.filter((_, at) => !gone.includes(at)));
      expect(await counts(one.member), `seed ${seed}`).toEqual(await counts(other.member));
      const rewards = async (member: { id: number }) => (await open(member)).map(({ reward }) => reward).sort();
      expect(await rewards(one.member), `seed ${seed}`).toEqual(await rewards(other.member));
    }
  }, 60_000);

  it('is the same for a refund in parts and at once', async () => {
    const cups: Deed = { kind: 'buy', amountMinor: 1000, cups: 7 };
    for (const parts of [[1, 2, 3, 4, 5, 6], [333, 333, 333], [999], [142, 1, 143]]) {
      const one = await live([cups]);
      const other = await live([cups]);
      const total = parts.reduce((sum, part) => sum + part, 0);
      for (const amountMinor of parts) await back(one.sales[0]?.saleId ?? 0, amountMinor);
      await back(other.sales[0]?.saleId ?? 0, total);
      expect(await counts(one.member)).toEqual(await counts(other.member));
    }
  });
});
