import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { payable } from '../../../src/program/payments/payable.ts';

const pay = { points: 100, worthMinor: 100, sharePercent: 5_000, earnOn: 'paid' } as const;

describe('what points can pay', () => {
  it.each([
    ['half of the bill', { dueMinor: 2_000, balance: 5_000 }, { points: 1_000, worthMinor: 1_000 }],
    ['what the card holds', { dueMinor: 2_000, balance: 399 }, { points: 300, worthMinor: 300 }],
    ['what was asked for', { dueMinor: 2_000, balance: 5_000, wanted: 250 }, { points: 200, worthMinor: 200 }],
    ['the share floored', { dueMinor: 1_999, balance: 5_000 }, { points: 900, worthMinor: 900 }],
    ['a card with too little', { dueMinor: 2_000, balance: 99 }, 'card'],
    ['a bill that is too small', { dueMinor: 199, balance: 500 }, 'bill'],
    ['asked for too little', { dueMinor: 2_000, balance: 500, wanted: 99 }, 'bill'],
    ['a bill of nothing', { dueMinor: 0, balance: 500 }, 'bill'],
  ])('%s', (_, bill, expected) => {
    expect(payable(pay, bill)).toEqual(expected);
  });

  it('is always whole multiples, within the card, the share and the wish, and one more multiple never is', () => {
    const rules = fc.record({
      points: fc.integer({ min: 1, max: 500 }),
      worthMinor: fc.integer({ min: 1, max: 500 }),
      sharePercent: fc.integer({ min: 1, max: 10_000 }),
      earnOn: fc.constant('paid' as const),
    });
    const bill = fc.record({
      dueMinor: fc.integer({ min: 0, max: 1_000_000_000 }),
      balance: fc.nat({ max: 1_000_000 }),
      wanted: fc.integer({ min: 1, max: 1_000_000 }),
    });
    fc.assert(
      fc.property(rules, bill, (one, given) => {
        const fits = (times: number): boolean =>
          times * one.points <= Math.min(given.balance, given.wanted) &&
          BigInt(times * one.worthMinor) * 10_000n <= BigInt(given.dueMinor) * BigInt(one.sharePercent);
        const found = payable(one, given);
        const times = typeof found === 'string' ? 0 : found.points / one.points;
        expect(Number.isInteger(times)).toBe(true);
        if (typeof found !== 'string') expect(found.worthMinor).toBe(times * one.worthMinor);
        expect(times === 0 || fits(times)).toBe(true);
        expect(fits(times + 1)).toBe(false);
      }),
    );
  });
});
