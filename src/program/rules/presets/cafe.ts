import { plainRules, type Rules } from '../rules.ts';
import { about, said, texts } from './amounts.ts';

/** A card of ten stamps, points that buy coffee and cake, double points when the house is quiet. */
export const cafe = ({ currency, language }: { currency: string; language: string }): Rules => ({
  ...plainRules(about(1, currency)),
  bonuses: [
    {
      id: 'quiet-hours',
      percent: 10_000,
      when: { days: ['mon', 'tue', 'wed', 'thu'], hours: { from: '14:00', until: '16:00' } },
      priority: 0,
      stack: true,
    },
  ],
  expiry: { policy: 'months', months: 12, end: 'month' },
  rewards: [
    {
      id: 'coffee',
      name: texts('A coffee on us', 'Кофе в подарок', 'Кафе от нас', 'Kahvi talon piikkiin', 'Kawa na nasz koszt'),
      about: texts(
        'Any coffee from the menu.',
        'Любой кофе из меню.',
        'Всяко кафе от менюто.',
        'Mikä tahansa kahvi listalta.',
        'Dowolna kawa z karty.',
      ),
      cost: 60,
      kind: 'item',
      item: said(texts('coffee', 'кофе', 'кафе', 'kahvi', 'kawa'), language),
      validDays: 60,
    },
    {
      id: 'cake',
      name: texts('A piece of cake', 'Кусочек торта', 'Парче торта', 'Pala kakkua', 'Kawałek ciasta'),
      cost: 90,
      kind: 'item',
      item: said(texts('cake', 'торт', 'торта', 'kakkupala', 'ciasto'), language),
      validDays: 60,
    },
  ],
  stamps: [
    {
      id: 'coffee-card',
      name: texts('Coffee card', 'Кофейная карта', 'Карта за кафе', 'Kahvikortti', 'Karta kawowa'),
      of: 10,
      per: { kind: 'purchase', minimumMinor: about(2, currency) },
      reward: 'coffee',
    },
  ],
});
