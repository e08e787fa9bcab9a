import type { Scene } from '../../chat/command.ts';
import type { Budget } from '../../program/campaigns/campaign.ts';
import { offerWorth } from '../../program/campaigns/worth.ts';
import { exampleOf, parseMoney } from '../../program/money.ts';
import { Refusal } from '../../program/refusal.ts';
import type { Choice } from '../choice.ts';
import type { Asking, Part } from './part.ts';

const measures = ['coupons', 'points', 'minor'] as const;
type Measure = (typeof measures)[number];

/** Which measure is meant by what stands beside the number; a bare number is of what the offer gives. */
function measureOf(rest: string, { scene, draft }: Asking): Measure {
  const word = rest.trim().toLowerCase().replace(/\.$/, '');
  if (word === '') return draft.offer?.kind === 'points' ? 'points' : 'coupons';
  const named = measures.find((one) =>
    scene
      .say(`broadcast:budget.words.${one}`)
      .split(',')
      .some((start) => word.startsWith(start)),
  );
  return named ?? 'minor';
}

/** One limit: `100 coupons`, `5000 points`, `250 €`. Refuses: `broadcast.budget`, `budget.nothing`. */
function readLimit(typed: string, asking: Asking): [Measure, number] {
  const kept = /^(coupons|points|minor)=(\d{1,15})$/.exec(typed);
  if (kept) return [kept[1] as Measure, Number(kept[2])];
  const [, before = '', amount = '', rest = ''] = /^(\D{0,4}?)\s*(\d[\d\s.,]*)\s*(\D*)$/.exec(typed) ?? [];
  if (amount === '') throw new Refusal('broadcast.budget');
  if (/^[0\s.,]+$/.test(amount)) throw new Refusal('budget.nothing');
  const measure = measureOf(`${before}${rest}`, asking);
  if (measure === 'minor') return [measure, parseMoney(amount.trim(), asking.scene.shop.currency)];
  const count = Number(amount.replace(/\s/g, ''));
  if (!Number.isSafeInteger(count)) throw new Refusal('broadcast.budget');
  return [measure, count];
}

const none = 'none';

/** Limits with commas between them, as they are kept. */
function readBudget(typed: string, asking: Asking): string {
  const said = typed.toLowerCase();
  if (said === none || asking.scene.say('chat:no_words').split(',').includes(said)) return none;
  const limits = typed.split(/[;+]|,\s+|,(?=(?:coupons|points|minor)=)/).map((one) => readLimit(one.trim(), asking));
  return Object.entries(Object.fromEntries(limits))
    .map(([measure, most]) => `${measure}=${most}`)
    .join(',');
}

const budgetFrom = (kept: string): Budget =>
  kept === none
    ? {}
    : Object.fromEntries(
        kept.split(',').map((one) => {
          const [measure = '', most] = one.split('=');
          return [measure, Number(most)];
        }),
      );

/** The most that may be given, in words. */
export function budgetText({ coupons, points, minor }: Budget, { say }: Pick<Scene, 'say'>): string {
  const parts = [
    ...(coupons === undefined ? [] : [say('broadcast:budget.coupons', { count: coupons })]),
    ...(points === undefined ? [] : [say('broadcast:budget.points', { count: points })]),
    ...(minor === undefined ? [] : [say('broadcast:budget.money', { amount: minor })]),
  ];
  return parts.length === 0 ? say('broadcast:budget.none') : parts.join(', ');
}

/** Limits that stand in buttons: of what the offer gives, and of money when it is known what that is worth. */
function offered({ scene, draft }: Asking): Choice[] {
  const { offer } = draft;
  const worth = offerWorth(offer, scene.program.rules);
  const own: Budget[] =
    offer?.kind === 'points'
      ? [50, 200].map((times) => ({ points: times * offer.points }))
      : [50, 100, 200].map((coupons) => ({ coupons }));
  const all = [...own, ...(worth ? [{ minor: worth * 100 }] : [])];
  return [
    { value: none, label: scene.say('broadcast:budget.none') },
    ...all.map((budget) => ({
      value: Object.entries(budget)
        .map(([measure, most]) => `${measure}=${most}`)
        .join(','),
      label: budgetText(budget, scene),
    })),
  ];
}

/** What all claims together may take: coupons, points, or what they are worth in money. */
export const budgetPart: Part = {
  name: 'budget',
  text: ({ scene, draft }) => {
    const example = scene.say('broadcast:budget.money', { amount: exampleOf(scene.shop.currency) * 20 });
    return scene.say(draft.offer ? 'broadcast:ask.budget' : 'broadcast:ask.budget_unused', { example });
  },
  choices: offered,
  read: readBudget,
  change: (kept) => ({ budget: budgetFrom(kept) }),
};
