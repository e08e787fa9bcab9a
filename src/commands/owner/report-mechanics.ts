import type { Answers, Ask, Command, Scene } from '../../chat/command.ts';
import { commandKey } from '../../chat/words.ts';
import { Refusal } from '../../program/refusal.ts';
import { type Mechanic, mechanicsOf, returnDays } from '../../program/reports/mechanics.ts';
import { costShare, fewPurchases, type Verdict, verdictOf } from '../../program/reports/mechanics-verdict.ts';

const periods = [30, 90, 365] as const;

const fold = (text: string): string => text.normalize('NFKC').trim().toLowerCase();

/** `90`, `90 old-town`: days, and a shop by its id or name when it is about one. */
function periodOf(typed: string, { program }: Pick<Scene, 'program'>): { days: number; shop?: string } {
  const [, number, name = ''] = /^(\d{1,4})?\s*(.*)$/s.exec(fold(typed)) ?? [];
  const days = Number(number ?? periods[0]);
  const shop = program.rules.shops.find(({ id, name: said }) => id === name || fold(said) === name)?.id;
  if (!periods.some((one) => one === days) || (name !== '' && shop === undefined)) throw new Refusal('report.mechanics_unclear');
  return shop === undefined ? { days } : { days, shop };
}

const period: Ask = {
  name: 'period',
  optional: true,
  field: ({ say }) => ({
    label: say('reports:mechanics.label'),
    choices: periods.map((days) => ({ label: say('reports:mechanics.days', { count: days }), value: String(days) })),
  }),
  read: (typed, _ctx, scene) => {
    const { days, shop } = periodOf(typed, scene);
    return shop === undefined ? String(days) : `${days} ${shop}`;
  },
  question: (_ctx, _answers, { say }) => ({ body: say('reports:mechanics.label') }),
};

/** What purchases of one kind cost and brought. */
function lines(mechanic: Mechanic, { say }: Scene): string {
  const { purchases, turnoverMinor, discountMinor, bonusPoints, costMinor, members, returned } = mechanic;
  const share = costShare(mechanic);
  const rate = members === 0 ? 0 : Math.round((returned * 100) / members);
  return [
    say('reports:mechanics.purchases', { count: purchases, turnover: turnoverMinor }),
    discountMinor > 0 ? say('reports:mechanics.given_away', { amount: discountMinor }) : '',
    bonusPoints > 0 ? say('reports:mechanics.points', { count: bonusPoints }) : '',
    bonusPoints > 0 && costMinor !== null ? say('reports:mechanics.worth', { amount: costMinor - discountMinor }) : '',
    share !== null && share > 0 ? say('reports:mechanics.share', { percent: share / 100 }) : '',
    members > 0 ? say('reports:mechanics.returned', { percent: rate, returned, count: members }) : '',
    // Without purchases there is nobody who could come back.
    members === 0 && purchases > 0 ? say('reports:mechanics.nobody') : '',
  ]
    .filter(Boolean)
    .join('\n');
}

function verdictText(verdict: Verdict, { say }: Scene): string {
  if ('few' in verdict) return say(`reports:mechanics.few.${verdict.few}`, { count: fewPurchases });
  return `${say(`reports:mechanics.returns.${verdict.returns}`)} ${say(`reports:mechanics.costs.${verdict.costs}`)}`;
}

const titleOf = (answers: Answers, scene: Scene): string => {
  const { days, shop } = periodOf(answers.period ?? '', scene);
  const name = scene.program.rules.shops.find(({ id }) => id === shop)?.name;
  return [scene.say(commandKey('report_mechanics', 'title')), scene.say('reports:mechanics.days', { count: days }), name]
    .filter(Boolean)
    .join(' · ');
};

/** Discounts against bonus points: what each costs, and how often people come back. */
export const reportMechanics: Command = {
  name: 'report mechanics',
  for: 'owner',
  reads: true,
  asks: [period],
  run: async (ctx, answers, scene) => {
    const { say, program, shop } = scene;
    const asked = periodOf(answers.period ?? '', scene);
    const mechanics = await mechanicsOf(ctx, { ...asked, timeZone: shop.timeZone }, program.rules);
    const others = periods.filter((days) => days !== asked.days);
    const where = asked.shop === undefined ? '' : ` ${asked.shop}`;
    return {
      title: titleOf(answers, scene),
      body: verdictText(verdictOf(mechanics), scene),
      facts: (['discount', 'bonus', 'plain'] as const).map(
        (kind) => [say(`reports:mechanics.kind.${kind}`), lines(mechanics[kind], scene)] as const,
      ),
      footer: say('reports:mechanics.how', { count: returnDays }),
      buttons: [
        others.map((days) => ({
          label: say('reports:mechanics.days', { count: days }),
          does: `report mechanics ${days}${where}`,
        })),
      ],
      show: 'privately',
    };
  },
};
