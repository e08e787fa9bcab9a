import { plainRules, type Rules } from '../rules.ts';
import { about, said, texts } from './amounts.ts';

/** Points for every visit whatever it costs, a gift for the birthday, something off for who comes often. */
export const salon = ({ currency, language }: { currency: string; language: string }): Rules => ({
  ...plainRules(about(1, currency)),
  earn: [{ id: 'visit', kind: 'visit', points: 10 }],
  expiry: { policy: 'inactivity', months: 12 },
  rewards: [
    {
      id: 'treatment',
      name: texts('A treatment as a gift', 'Уход в подарок', 'Процедура подарък', 'Hoito lahjaksi', 'Zabieg w prezencie'),
      cost: 60,
      kind: 'item',
      item: said(texts('treatment', 'уход', 'процедура', 'hoito', 'zabieg'), language),
      validDays: 90,
    },
    {
      id: 'visit-20',
      name: texts(
        '20% off a visit',
        'Скидка 20 % на визит',
        '20% отстъпка за посещение',
        '20 % alennusta käynnistä',
        '20% rabatu na wizytę',
      ),
      cost: 100,
      kind: 'percent',
      percent: 2000,
      validDays: 90,
    },
    {
      id: 'birthday-gift',
      name: texts(
        'Your birthday gift',
        'Подарок на день рождения',
        'Подарък за рождения ден',
        'Synttärilahja',
        'Prezent urodzinowy',
      ),
      about: texts(
        'A quarter off one visit around your birthday.',
        'Один визит ко дню рождения на четверть дешевле.',
        'Едно посещение около рождения Ви ден с една четвърт по-евтино.',
        'Yksi käynti synttäreiden aikaan neljänneksen halvemmalla.',
        'Jedna wizyta w okolicy urodzin tańsza o jedną czwartą.',
      ),
      cost: 0,
      hidden: true,
      kind: 'percent',
      percent: 2500,
      validDays: 30,
    },
  ],
  birthday: { reward: 'birthday-gift' },
  discounts: [{ id: 'often', percent: 500, kind: 'regular', purchases: 6, withinDays: 180 }],
});
