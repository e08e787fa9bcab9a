import { afterAll, expect, it } from 'vitest';
import { credit } from '../../../src/program/ledger/credit.ts';
import { previewCredit } from '../../../src/program/pricing/preview.ts';
import { plainRules, type Rules } from '../../../src/program/rules/rules.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, newMember, published, refund } from '../../support/ledger.ts';
import { type Random, seeded } from '../../support/seeded.ts';

const db = await freshDatabase();
afterAll(() => db.close());

const zone = 'Europe/Helsinki';

/** A program with something of everything that decides how many points a purchase gives. */
const randomRules = (random: Random): Rules => ({
  ...plainRules(100),
  earn: [
    { id: 'money', kind: 'money', points: random.whole(1, 7), perMinor: random.pick([100, 333, 700]), carry: random.chance(0.7) },
    { id: 'cups', kind: 'item', points: random.whole(1, 9), categories: ['coffee'] },
  ],
  bonuses: [
    {
      id: 'more',
      priority: 2,
      stack: random.chance(0.5),
      percent: random.pick([1000, 3333, 10_000]),
      when: { minimumMinor: 500 },
    },
    { id: 'first', priority: 1, stack: true, points: 5, when: { firstPurchase: true } },
    { id: 'twice', priority: 0, stack: true, points: 3, timesPerMember: 2 },
  ],
  caps: {
    ...(random.chance(0.5) ? { purchase: random.whole(5, 40) } : {}),
    ...(random.chance(0.5) ? { day: random.whole(10, 80) } : {}),
    ...(random.chance(0.5) ? { member: random.whole(20, 150) } : {}),
  },
  pendingDays: random.pick([0, 0, 3]),
  discounts: [{ id: 'third', kind: 'nth', every: 3, percent: 1500 }],
  categories: [{ id: 'coffee', name: { en: 'Coffee' } }],
});

it('shows what the credit then gives: with what is carried, within the caps, for what is to pay', async () => {
  let capped = 0;
  for (let seed = 1; seed <= 10; seed += 1) {
    const random = seeded(seed);
    const program = await published(db, randomRules(random));
    const member = await newMember(db);
    let now = new Date('2026-05-01T18:00:00Z');
    for (let count = 0; count < 7; count += 1) {
      const items = random.chance(0.5) ? [{ category: 'coffee', pieces: random.whole(1, 4) }] : [];
      const amountMinor = random.whole(1, 2500);
      const shown = await previewCredit({ db, now }, member.code, { amountMinor, at: now, items, shop: null }, program, zone);
      const done = await credit(contextOf(db, now), { member: member.code, amountMinor, currency: 'EUR', items }, program, zone);
      expect([shown.points, shown.dueMinor, shown.releaseAt?.getTime()], `seed ${seed}, purchase ${count}`).toEqual([
        done.points,
        done.amountMinor,
        done.releaseAt === null ? undefined : new Date(done.releaseAt).getTime(),
      ]);
      if (shown.capped) capped += 1;
      if (random.chance(0.2)) await refund(contextOf(db, now), { saleId: done.saleId });
      now = new Date(now.getTime() + random.whole(0, 8) * 3_600_000);
    }
  }
  expect(capped).toBeGreaterThan(5);
});
