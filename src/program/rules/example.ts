import { minorPerUnit } from '../money.ts';
import { about, said, texts } from './presets/amounts.ts';
import { presetRules } from './presets.ts';
import type { Frame } from './problem.ts';
import { plainRules, type Rules } from './rules.ts';

/** A program that uses every section, to show how each is written. Right in itself: a test reads it. */
export function exampleRules({ currency, timeZone, language }: Frame): Rules {
  const cafe = presetRules('cafe', { currency, language });
  const { pay, tiers } = presetRules('shop', { currency, language });
  return {
    ...cafe,
    ...(pay && { pay }),
    ...(tiers && { tiers }),
    earn: plainRules(minorPerUnit(currency)).earn,
    caps: { purchase: 500, day: 1000, member: 100_000 },
    debtLimit: 100,
    birthday: { reward: 'coffee' },
    discounts: [{ id: 'every-tenth', percent: 2000, kind: 'nth', every: 10 }],
    limits: {
      staff: { entryMinor: { soft: about(100, currency), approval: about(300, currency), hard: about(1000, currency) } },
      owner: {},
    },
    shops: [
      {
        id: 'old-town',
        name: said(texts('Old Town', 'Старый город', 'Старият град', 'Vanhakaupunki', 'Stare Miasto'), language),
        timeZone,
        hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', until: '20:00' }],
      },
    ],
    contact: {
      perWeek: 2,
      quiet: { from: '21:00', until: '09:00' },
      approveAbove: { coupons: 500, points: 50_000, minor: about(1000, currency) },
      keep: { messagesDays: 90, campaignsDays: 400 },
    },
    categories: [{ id: 'tea', name: texts('Tea', 'Чай', 'Чай', 'Tee', 'Herbata') }],
  };
}
