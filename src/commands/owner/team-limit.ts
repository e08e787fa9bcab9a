import type { Ask, Command, Scene } from '../../chat/command.ts';
import { type LimitName, limitLevels, limitNames } from '../../program/control/limit-terms.ts';
import { limitsHeld, setOwnLimit } from '../../program/control/own-limits.ts';
import { amountAtStart, exampleOf, parseMoney, writtenMoney } from '../../program/money.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { type Choice, chosen } from '../choice.ts';
import { colleague } from './colleague.ts';

const asRole = 'role';
const none = '-';

const isMoney = (name: string | undefined): boolean => name?.endsWith('Minor') ?? false;

const nameChoices = ({ say }: Pick<Scene, 'say'>): Choice[] =>
  limitNames.map((value) => ({ value, label: say(`control:limit.${value}`) }));
const levelChoices = ({ say }: Pick<Scene, 'say'>): Choice[] =>
  [...limitLevels, asRole].map((value) => ({ value, label: say(`control:level.${value}`) }));

/** A limit as it is read: of money in the program's currency, of points otherwise. */
const valueText = ({ say }: Pick<Scene, 'say'>, name: LimitName, value: number): string =>
  isMoney(name) ? say('staff:money', { amount: value }) : say('member:points', { count: value });

function choice(name: string, label: string, choices: (scene: Pick<Scene, 'say'>) => Choice[]): Ask {
  return {
    name,
    field: (scene) => ({ label: scene.say(label), choices: choices(scene) }),
    read: (typed, _ctx, scene) => {
      const value = chosen(typed, choices(scene));
      if (!value) throw new Refusal('limit.unclear');
      return value;
    },
    question: (_ctx, _answers, scene, answer) => ({
      body: scene.say(label),
      buttons: [
        ...choices(scene).map((one) => [{ label: one.label, does: answer(one.value) }]),
        [{ label: scene.say('chat:cancel'), does: 'cancel' }],
      ],
    }),
  };
}

/** How much: an amount, a number of points, or no limit of this kind. Back to the role's limit, it is only confirmed. */
const value: Ask = {
  name: 'value',
  takes: amountAtStart,
  field: ({ say }) => ({ label: say('control:team_limit.value') }),
  read: (typed, _ctx, { say, shop }, answers) => {
    const said = typed.normalize('NFKC').trim();
    if (said === none || said.toLowerCase() === say('control:team_limit.none').toLowerCase() || answers.level === asRole)
      return none;
    if (isMoney(answers.limit)) return writtenMoney(parseMoney(said, shop.currency), shop.currency);
    if (!/^[1-9]\d{0,8}$/.test(said)) throw new Refusal('limit.number_unclear');
    return said;
  },
  question: (_ctx, answers, { say, shop }, answer) => ({
    body:
      answers.level === asRole
        ? say('control:team_limit.as_role')
        : say(isMoney(answers.limit) ? 'control:team_limit.money' : 'control:team_limit.points', {
            example: exampleOf(shop.currency),
          }),
    buttons: [
      [
        { label: say(answers.level === asRole ? 'control:team_limit.yes' : 'control:team_limit.none'), does: answer(none) },
        { label: say('chat:cancel'), does: 'cancel' },
      ],
    ],
  }),
};

/** A colleague's own limit in place of their role's. */
export const teamLimit: Command = {
  name: 'team limit',
  for: 'owner',
  asks: [
    colleague('control:team_limit.whose'),
    choice('limit', 'control:team_limit.which', nameChoices),
    choice('level', 'control:team_limit.level', levelChoices),
    value,
  ],
  run: async (ctx, answers, scene) => {
    const { say, program, shop } = scene;
    const personId = Number(answers.person);
    const name = answers.limit as LimitName;
    const level = answers.level ?? asRole;
    const given = answers.value ?? none;
    const held = (await limitsHeld(ctx, personId, program.rules)).find((one) => one.name === name)?.limit ?? {};
    const { [level as keyof typeof held]: _before, ...others } = held;
    const amount = given === none ? undefined : isMoney(name) ? parseMoney(given, shop.currency) : Number(given);
    const limit = level === asRole ? null : { ...others, ...(amount === undefined ? {} : { [level]: amount }) };
    const { name: whose } = await setOwnLimit(ctx, { personId, name, limit });
    const now = await limitsHeld(ctx, personId, program.rules);
    return {
      title: whose,
      facts: now.flatMap((one) =>
        limitLevels.flatMap((each) => {
          const most = one.limit[each];
          if (most === undefined) return [];
          return [
            [say(`control:limit.${one.name}`), `${say(`control:level.${each}`)}: ${valueText(scene, one.name, most)}`] as const,
          ];
        }),
      ),
      ...(now.every(({ limit: { soft, approval, hard } }) => soft === undefined && approval === undefined && hard === undefined)
        ? { body: say('control:team_limit.nothing') }
        : {}),
      buttons: [[button(scene, 'team limit', String(personId)), button(scene, 'team')]],
      show: 'privately',
    };
  },
};
