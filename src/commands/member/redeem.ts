import type { Ask, Command, Scene } from '../../chat/command.ts';
import type { Context } from '../../program/context.ts';
import { Refusal } from '../../program/refusal.ts';
import { redeem as redeemReward } from '../../program/rewards/redeem.ts';
import { type Shelved, shelfOf } from '../../program/rewards/shelf.ts';
import { textIn } from '../../program/rewards/text-in.ts';
import { chosen } from '../choice.ts';
import { yesOrNo } from '../confirm.ts';
import { worthBeside, worthText } from '../worth.ts';
import { couponView } from './coupon-view.ts';
import { rewardName } from './rewards.ts';

// Seats have a command of their own, since they have a waiting list.
const shelf = async (ctx: Context, { who, program, shop }: Scene): Promise<Shelved[]> =>
  (await shelfOf(ctx, who.member, program, shop.timeZone)).filter(({ reward }) => reward.kind !== 'event');

/** Says why a reward can't be had now; the database asks the same again when it is taken. */
function holdReady({ reward, state, opens, tierNames }: Shelved, balance: number): void {
  if (state === 'short') throw new Refusal('ledger.not_enough', { points: reward.cost, balance });
  if (state === 'later') throw new Refusal('reward.not_yet', { at: opens });
  if (state === 'tier') throw new Refusal('reward.tier', { tiers: tierNames });
  if (state === 'taken') throw new Refusal('reward.per_member', { count: reward.perMember });
  if (state === 'sold_out') throw new Refusal('reward.sold_out');
  if (state === 'over') throw new Refusal('reward.over');
}

async function found(ctx: Context, id: string | undefined, scene: Scene): Promise<Shelved> {
  const one = (await shelf(ctx, scene)).find(({ reward }) => reward.id === id);
  if (!one) throw new Refusal('reward.unknown');
  return one;
}

const which: Ask = {
  name: 'reward',
  field: ({ say }) => ({ label: say('rewards:redeem.label') }),
  read: async (typed, ctx, scene) => {
    const all = await shelf(ctx, scene);
    const names = all.flatMap(({ reward }) => Object.values(reward.name).map((label) => ({ value: reward.id, label })));
    const one = all.find(({ reward }) => reward.id === chosen(typed, names));
    if (!one) throw new Refusal('reward.unknown');
    holdReady(one, scene.who.member?.balance ?? 0);
    return one.reward.id;
  },
  question: async (ctx, _answers, scene, answer) => {
    const { say, who } = scene;
    const all = await shelf(ctx, scene);
    const ready = all.filter(({ state }) => state === 'ready').slice(-8);
    const next = all.find(({ state }) => state === 'short');
    if (ready.length === 0) {
      throw next
        ? new Refusal('reward.none_yet', { name: rewardName(next, scene), count: next.missing })
        : new Refusal('reward.none');
    }
    return {
      body: [say('member:balance.points', { count: who.member?.balance ?? 0 }), say('rewards:redeem.question')].join('\n'),
      buttons: [
        ...ready.map((one) => [
          { label: say('rewards:take', { name: rewardName(one, scene), count: one.reward.cost }), does: answer(one.reward.id) },
        ]),
        [{ label: say('chat:cancel'), does: 'cancel' }],
      ],
    };
  },
};

/** The answer is the price as it was shown: should the rules change in between, nobody pays more than they said yes to. */
const price: Ask = {
  name: 'price',
  read: async (typed, ctx, scene, answers) => {
    if (/^\d{1,15}$/.test(typed)) return typed;
    if (yesOrNo(typed, scene) !== 'yes') throw new Refusal('confirm.unclear');
    return String((await found(ctx, answers.reward, scene)).reward.cost);
  },
  question: async (ctx, answers, scene, answer) => {
    const { say, who, shop, language } = scene;
    const one = await found(ctx, answers.reward, scene);
    const balance = who.member?.balance ?? 0;
    holdReady(one, balance);
    const { cost, about, picture } = one.reward;
    const name = rewardName(one, scene);
    const worth = worthBeside(name, worthText(one.reward, say));
    return {
      title: cost > 0 ? say('rewards:redeem.sure', { count: cost, name }) : say('rewards:redeem.sure_free', { name }),
      body: [worth, about ? textIn(about, language, shop.language) : ''].filter(Boolean).join('\n'),
      facts: [
        ...(cost > 0 ? [[say('rewards:redeem.after'), say('member:points', { count: balance - cost })] as const] : []),
        ...(one.reward.kind === 'event'
          ? []
          : [[say('rewards:redeem.valid'), say('rewards:days', { count: one.reward.validDays })] as const]),
      ],
      buttons: [
        [
          {
            label: cost > 0 ? say('rewards:redeem.yes', { count: cost }) : say('rewards:redeem.yes_free'),
            does: answer(String(cost)),
            style: 'primary',
          },
          { label: say('chat:cancel'), does: 'cancel' },
        ],
        ...(picture ? [[{ label: say('rewards:picture'), url: picture }]] : []),
      ],
      show: 'privately',
    };
  },
};

/** Points for a reward: which one, sure?, then the coupon. */
export const redeem: Command = {
  name: 'redeem',
  for: 'member',
  becomes: (args, { program }) => {
    const events = program.rules.rewards.filter(({ kind, hidden }) => kind === 'event' && !hidden);
    const names = events.flatMap(({ id, name }) => Object.values(name).map((label) => ({ value: id, label })));
    const event = chosen(args, names);
    return event === undefined ? undefined : `seat ${event}`;
  },
  asks: [which, price],
  run: async (ctx, answers, scene) => {
    const { who, program, shop, say } = scene;
    if (!who.member) throw new Error('redeem runs for members');
    const wanted = { memberId: who.member.id, reward: answers.reward ?? '', agreed: Number(answers.price) };
    const coupon = await redeemReward(ctx, wanted, program, shop.timeZone);
    const view = couponView(coupon, scene, ctx.now);
    if (coupon.balance === null) return view;
    return {
      ...view,
      facts: [...(view.facts ?? []), [say('rewards:redeem.left'), say('member:points', { count: coupon.balance })]],
    };
  },
};
