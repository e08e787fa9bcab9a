import type { Command } from '../../chat/command.ts';
import type { Discount, StampCard } from '../../program/rules/rules.ts';
import { askKind } from '../changing/ask-kind.ts';
import { changing } from '../changing/changing.ts';
import { freshId } from '../changing/items.ts';
import { percent, whole } from '../changing/number-kinds.ts';
import { oneOf, reward, text } from '../changing/word-kinds.ts';

const sort = oneOf('discount_kind', 'nth', 'regular');
const share = percent(100, [5, 10, 20]);
const withinDays = 90;
const times = { nth: whole(2, 1000, [5, 10]), regular: whole(1, 1000, [3, 5, 10]) };

/** Adds a discount: every n-th purchase, or for whoever bought so often in three months. The days and a least amount are set afterwards. */
export const programDiscount: Command = changing({
  name: 'program discount',
  asks: [
    askKind(
      'sort',
      () => 'program:ask.sort',
      () => sort,
    ),
    askKind(
      'times',
      ({ sort: which }) => `program:times.${which}`,
      ({ sort: which }) => times[which as 'nth' | 'regular'],
    ),
    askKind(
      'share',
      () => 'program:ask.share',
      () => share,
    ),
  ],
  change: (rules, answers, reader) => {
    const desk = { rules, reader, now: reader.now };
    const number = times[answers.sort as 'nth' | 'regular'].read(answers.times ?? '', desk);
    const base = { id: freshId(answers.sort ?? '', rules.discounts), percent: share.read(answers.share ?? '', desk) };
    const discount: Discount =
      answers.sort === 'nth'
        ? { ...base, kind: 'nth', every: number }
        : { ...base, kind: 'regular', purchases: number, withinDays };
    return { ...rules, discounts: [...rules.discounts, discount] };
  },
});

const stamps = whole(2, 50, [5, 8, 10]);

/** Adds a stamp card: its name, how many stamps, what a full one gives. A stamp for every purchase; stamps for products by the file. */
export const programStamp: Command = changing({
  name: 'program stamp',
  asks: [
    askKind(
      'card',
      () => 'program:ask.card',
      () => text(60),
    ),
    askKind(
      'of',
      () => 'program:ask.of',
      () => stamps,
    ),
    askKind(
      'reward',
      () => 'program:ask.reward',
      () => reward,
    ),
  ],
  change: (rules, answers, reader) => {
    const card: StampCard = {
      id: freshId(answers.card ?? '', rules.stamps),
      name: { [reader.shop.language]: answers.card ?? '' },
      of: stamps.read(answers.of ?? '', { rules, reader, now: reader.now }),
      reward: answers.reward ?? '',
      per: { kind: 'purchase' },
    };
    return { ...rules, stamps: [...rules.stamps, card] };
  },
});
