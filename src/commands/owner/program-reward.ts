import type { Answers, Command } from '../../chat/command.ts';
import { pointsCeiling } from '../../program/rules/problem.ts';
import type { Reward } from '../../program/rules/rules.ts';
import { askKind } from '../changing/ask-kind.ts';
import { changing } from '../changing/changing.ts';
import { freshId } from '../changing/items.ts';
import type { Desk, Kind } from '../changing/kind.ts';
import { money, percent, whole } from '../changing/number-kinds.ts';
import { oneOf, text } from '../changing/word-kinds.ts';

const kind = oneOf('reward_kind', 'item', 'money', 'percent', 'privilege');
type RewardKind = ReturnType<(typeof kind)['read']>;

const worthKinds: Record<RewardKind, Kind<string> | Kind<number>> = {
  item: text(60),
  money,
  percent: percent(100, [5, 10, 20]),
  privilege: text(200),
};

const cost = whole(1, pointsCeiling, [50, 100, 200]);
const name = text(60);
const validDays = 30;

/** What makes rewards of a kind what they are: an amount, a share, a thing, a sentence. */
function partOf(answers: Answers, desk: Desk) {
  const worth = answers.worth ?? '';
  switch (answers.kind as RewardKind) {
    case 'money':
      return { kind: 'money', amountMinor: money.read(worth, desk) } as const;
    case 'percent':
      return { kind: 'percent', percent: percent(100).read(worth, desk) } as const;
    case 'item':
      return { kind: 'item', item: worth } as const;
    case 'privilege':
      return { kind: 'privilege', about: { [desk.reader.shop.language]: worth } } as const;
  }
}

/** Adds a reward: what kind, what it is worth, its name, its price. Stock, dates, levels are set afterwards; texts in more languages by the file. */
export const programReward: Command = changing({
  name: 'program reward',
  asks: [
    askKind(
      'kind',
      () => 'program:ask.kind',
      () => kind,
    ),
    askKind<string | number>(
      'worth',
      ({ kind: which }) => `program:worth.${which}`,
      ({ kind: which }) => worthKinds[which as RewardKind] as Kind<string | number>,
    ),
    askKind(
      'title',
      () => 'program:ask.title',
      () => name,
    ),
    askKind(
      'cost',
      () => 'program:ask.cost',
      () => cost,
    ),
  ],
  change: (rules, answers, reader) => {
    const desk = { rules, reader, now: reader.now };
    const title = name.read(answers.title ?? '', desk);
    const reward: Reward = {
      id: freshId(title, rules.rewards),
      name: { [reader.shop.language]: title },
      cost: cost.read(answers.cost ?? '', desk),
      validDays,
      ...partOf(answers, desk),
    };
    return { ...rules, rewards: [...rules.rewards, reward] };
  },
});
