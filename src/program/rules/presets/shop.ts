import { plainRules, type Rules } from '../rules.ts';
import { about, said, texts } from './amounts.ts';

/** Three percent back in points, more for who buys more; points pay a part of the bill once the time for returns is over. */
export const shop = ({ currency, language }: { currency: string; language: string }): Rules => ({
  ...plainRules(about(1, currency)),
  earn: [{ id: 'base', kind: 'money', points: 3, perMinor: about(1, currency), carry: true }],
  welcome: 100,
  pendingDays: 14,
  expiry: { policy: 'months', months: 12, end: 'month' },
  pay: { points: 100, worthMinor: about(1, currency), sharePercent: 5000, earnOn: 'paid' },
  tiers: {
    by: 'money',
    windowMonths: 12,
    graceDays: 30,
    warnDays: 30,
    levels: [
      { id: 'bronze', name: said(texts('Bronze', 'Бронза', 'Бронз', 'Pronssi', 'Brąz'), language), from: 0 },
      {
        id: 'silver',
        name: said(texts('Silver', 'Серебро', 'Сребро', 'Hopea', 'Srebro'), language),
        from: about(300, currency),
        bonusPercent: 5000,
      },
      {
        id: 'gold',
        name: said(texts('Gold', 'Золото', 'Злато', 'Kulta', 'Złoto'), language),
        from: about(1000, currency),
        bonusPercent: 10_000,
        earlyAccessDays: 3,
      },
    ],
  },
  rewards: [
    {
      id: 'gift-card',
      name: texts('A gift card', 'Подарочная карта', 'Подаръчна карта', 'Lahjakortti', 'Karta podarunkowa'),
      about: texts(
        'Spend it in parts, or give it to a friend.',
        'Можно тратить частями или подарить другу.',
        'Може да се харчи на части или да се подари на приятел.',
        'Käytä osissa tai anna ystävälle.',
        'Możesz wydawać ją po trochu albo dać komuś bliskiemu.',
      ),
      cost: 2000,
      kind: 'gift_card',
      amountMinor: about(20, currency),
      validDays: 365,
    },
  ],
  limits: { staff: { entryMinor: { soft: about(200, currency), hard: about(1000, currency) } }, owner: {} },
});
