import type { LocalTime } from '../../src/program/calendar.ts';
import { price } from '../../src/program/pricing/price.ts';
import type { MemberFacts, Priced } from '../../src/program/pricing/purchase.ts';
import { type Bonus, plainRules, type Rules, type Weekday } from '../../src/program/rules/rules.ts';
import { type Case, rounds } from '../case.ts';

const week: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const categories = ['coffee', 'cake', 'lunch', 'beans', 'gifts'];

/** Thirty rules of every kind: three that give points, twenty-four bonuses, three levels. */
export function thirtyRules(): Rules {
  const conditions = [
    (at: number) => ({ days: [week[at % 7] as Weekday, week[(at + 3) % 7] as Weekday] }),
    (at: number) => ({
      hours: { from: `${String(8 + (at % 10)).padStart(2, '0')}:00`, until: `${String(12 + (at % 10)).padStart(2, '0')}:30` },
    }),
    (at: number) => ({ minimumMinor: 500 * (at + 1) }),
    (at: number) => ({ categories: [categories[at % 5] as string] }),
    () => ({ birthday: { before: 7, after: 7 } }),
    () => ({ firstPurchase: true as const }),
    () => ({ tiers: ['silver', 'gold'] }),
    () => ({ from: '2026-01-01', until: '2026-06-30' }),
  ];
  const bonuses = Array.from({ length: 24 }, (_, at): Bonus => {
    const when = conditions[at % conditions.length]?.(at) ?? {};
    const base = { id: `bonus-${at}`, priority: 24 - at, stack: at !== 22, when };
    return at % 3 === 0 ? { ...base, points: at + 1 } : { ...base, percent: 250 * (at + 1) };
  });
  return {
    ...plainRules(100),
    earn: [
      { id: 'base', kind: 'money', points: 1, perMinor: 100, carry: true },
      { id: 'lunch', kind: 'item', points: 3, categories: ['lunch'] },
      { id: 'visit', kind: 'visit', points: 5, when: { hours: { from: '22:00', until: '02:00' } } },
    ],
    bonuses,
    tiers: {
      by: 'money',
      windowMonths: 12,
      graceDays: 0,
      warnDays: 0,
      levels: [
        { id: 'base', name: 'Base', from: 0 },
        { id: 'silver', name: 'Silver', from: 30_000, bonusPercent: 1000 },
        { id: 'gold', name: 'Gold', from: 100_000, bonusPercent: 2500 },
      ],
    },
  };
}

type Purchase = { sale: Priced; member: MemberFacts };

function purchases(count: number): Purchase[] {
  return Array.from({ length: count }, (_, at): Purchase => {
    const amountMinor = 150 + ((at * 7919) % 12_000);
    const day = new Date(Date.UTC(2026, at % 12, 1 + (at % 28)));
    const time: LocalTime = {
      minute: (at * 37) % 1440,
      day: day.toISOString().slice(0, 10),
      weekday: week[(day.getUTCDay() + 6) % 7] as Weekday,
    };
    const items =
      at % 4 === 0
        ? []
        : [{ category: categories[at % 5] as string, pieces: 1 + (at % 3), amountMinor: Math.floor(amountMinor / 2) }];
    return {
      sale: { amountMinor, leftMinor: amountMinor, time, items, shop: null },
      member: {
        purchases: at % 9,
        within: {},
        used: {},
        tier: ['base', 'silver', 'gold', null][at % 4] ?? null,
        birthday: at % 5 === 0 ? null : '05-17',
      },
    };
  });
}

export const pricingCase: Case = {
  name: 'pricing',
  about: 'purchases priced per second by a program of 30 rules, pure',
  goal: 50_000,
  run() {
    const rules = thirtyRules();
    const all = purchases(10_000);
    const round = (): number => {
      const started = performance.now();
      let given = 0n;
      for (let times = 0; times < 10; times += 1) for (const { sale, member } of all) given += price(rules, sale, member).value;
      if (given === 0n) throw new Error('nothing was priced');
      return (all.length * 10 * 1_000) / (performance.now() - started);
    };
    round();
    const rates: number[] = [];
    for (let at = 1; at <= rounds; at += 1) {
      const rate = round();
      process.stderr.write(`  round ${at}: ${Math.round(rate)}/s\n`);
      rates.push(rate);
    }
    return Promise.resolve({ rates });
  },
};
