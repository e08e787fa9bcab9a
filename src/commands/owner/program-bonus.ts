import type { Answers, Command } from '../../chat/command.ts';
import type { Bonus, When } from '../../program/rules/rules.ts';
import { askKind } from '../changing/ask-kind.ts';
import { changing } from '../changing/changing.ts';
import { freshId } from '../changing/items.ts';
import { type Desk, type Kind, none, orNone } from '../changing/kind.ts';
import { money, percent, whole } from '../changing/number-kinds.ts';
import { around, hours, names, oneOf, weekdays } from '../changing/word-kinds.ts';

const on = oneOf('bonus_on', 'always', 'days', 'hours', 'first', 'birthday', 'tiers', 'categories', 'shops');
type On = ReturnType<(typeof on)['read']>;

/** The condition itself. What has none is asked for the least it must be spent. */
function conditionKind(which: On): Kind<unknown> {
  const kinds: Record<On, Kind<never>> = {
    always: orNone(money) as Kind<never>,
    first: orNone(money) as Kind<never>,
    days: weekdays as Kind<never>,
    hours: hours as Kind<never>,
    birthday: around as Kind<never>,
    tiers: names('tiers') as Kind<never>,
    categories: names('categories') as Kind<never>,
    shops: names('shops') as Kind<never>,
  };
  return kinds[which] as Kind<unknown>;
}

function whenOf(answers: Answers, desk: Desk): When | undefined {
  const which = answers.on as On;
  const said = answers.condition ?? '';
  const first = which === 'first' ? ({ firstPurchase: true } as const) : {};
  if (said === none) return which === 'first' ? first : undefined;
  const value = conditionKind(which).read(said, desk);
  const key = which === 'always' || which === 'first' ? 'minimumMinor' : which;
  return { ...first, [key]: value };
}

/** `20 %` of the points of a purchase, or so many points. */
const gives: Kind<{ percent: number } | { points: number }> = {
  hint: 'gives',
  read: (typed, desk) =>
    typed.includes('%') ? { percent: percent(10_000).read(typed, desk) } : { points: whole(1, 1_000_000).read(typed, desk) },
  write: (value) => ('percent' in value ? `${value.percent / 100}%` : String(value.points)),
  show: (value, desk) =>
    'percent' in value
      ? `+${percent(10_000).show(value.percent, desk)}`
      : desk.reader.say('rules:bonus.points', { count: value.points }),
  offered: () => [{ percent: 1000 }, { percent: 5000 }, { percent: 10_000 }, { points: 5 }, { points: 10 }, { points: 50 }],
};

/**
 * Adds a bonus: on what, the condition, what it gives. It comes after the bonuses there are and adds to them; a first purchase is rewarded once.
 * More conditions, priority and stacking are set afterwards.
 */
export const programBonus: Command = changing({
  name: 'program bonus',
  asks: [
    askKind(
      'on',
      () => 'program:ask.on',
      () => on,
    ),
    askKind(
      'condition',
      ({ on: which }) => `program:condition.${which}`,
      ({ on: which }) => conditionKind(which as On),
    ),
    askKind(
      'gives',
      () => 'program:ask.gives',
      () => gives,
    ),
  ],
  change: (rules, answers, reader) => {
    const desk = { rules, reader, now: reader.now };
    const when = whenOf(answers, desk);
    const lowest = Math.min(...rules.bonuses.map(({ priority }) => priority));
    const bonus: Bonus = {
      id: freshId(answers.on ?? '', [...rules.bonuses, ...rules.earn]),
      // Below what is there: a bonus that ends the list goes on ending it.
      priority: rules.bonuses.length === 0 ? 0 : Math.max(lowest - 1, -1000),
      stack: true,
      ...(when ? { when } : {}),
      ...gives.read(answers.gives ?? '', desk),
    };
    return { ...rules, bonuses: [...rules.bonuses, bonus] };
  },
});
