import { plainRules, type Rules } from '../rules.ts';
import { about, said, texts } from './amounts.ts';

/** Only for those who were invited: three circles, evenings with a friend, double points around the birthday. */
export const club = ({ currency, language }: { currency: string; language: string }): Rules => ({
  ...plainRules(about(1, currency)),
  joining: 'invited',
  welcome: 50,
  bonuses: [{ id: 'birthday', percent: 10_000, when: { birthday: { before: 3, after: 3 } }, priority: 0, stack: true }],
  tiers: {
    by: 'points',
    windowMonths: 12,
    graceDays: 60,
    warnDays: 30,
    levels: [
      { id: 'member', name: said(texts('Member', 'Участник', 'Член', 'Jäsen', 'Klubowicz'), language), from: 0 },
      {
        id: 'friend',
        name: said(texts('Friend of the club', 'Друг клуба', 'Приятел на клуба', 'Klubin ystävä', 'Przyjaciel klubu'), language),
        from: 500,
        bonusPercent: 2500,
        earlyAccessDays: 2,
      },
      {
        id: 'honour',
        name: said(texts('Guest of honour', 'Почётный гость', 'Почетен гост', 'Kunniavieras', 'Gość honorowy'), language),
        from: 2000,
        bonusPercent: 5000,
        earlyAccessDays: 7,
      },
    ],
  },
  rewards: [
    {
      id: 'with-a-friend',
      name: texts('An evening with a friend', 'Вечер с другом', 'Вечер с приятел', 'Ilta ystävän kanssa', 'Wieczór we dwoje'),
      about: texts(
        'Bring somebody who is not in the club yet.',
        'Приходите с тем, кого в клубе ещё нет.',
        'Елате с някого, който още не е в клуба.',
        'Ota mukaan joku, joka ei ole vielä klubissa.',
        'Przyjdź z kimś, kogo jeszcze nie ma w klubie.',
      ),
      cost: 200,
      kind: 'privilege',
      validDays: 90,
    },
    {
      id: 'best-table',
      name: texts(
        'The best table, kept for you',
        'Лучший столик за вами',
        'Най-добрата маса, запазена за Вас',
        'Paras pöytä varattuna sinulle',
        'Najlepszy stolik czeka na ciebie',
      ),
      cost: 0,
      perMember: 4,
      tiers: ['honour'],
      kind: 'privilege',
      validDays: 90,
    },
  ],
});
