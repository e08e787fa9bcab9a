import type { Command, Scene } from '../../chat/command.ts';
import type { Button } from '../../chat/view.ts';
import { commandKey } from '../../chat/words.ts';
import { type Shelved, shelfOf } from '../../program/rewards/shelf.ts';
import { textIn } from '../../program/rewards/text-in.ts';
import { button } from '../buttons.ts';

const buttonsShown = 8;

/** What a reward is called, for who reads it. */
export const rewardName = ({ reward }: Pick<Shelved, 'reward'>, { language, shop }: Scene): string =>
  textIn(reward.name, language, shop.language);

/** Why a reward can't be had now, in a few words; empty when it can. */
function stateText({ state, missing, opens, tierNames }: Shelved, { say, who }: Scene): string {
  if (state === 'short') return who.member ? say('rewards:state.short', { count: missing }) : '';
  if (state === 'later') return say('rewards:state.later', { at: opens });
  if (state === 'tier') return say('rewards:state.tier', { tiers: tierNames });
  return state === 'ready' ? '' : say(`rewards:state.${state}`);
}

/** A line of the list: price, what is in the way, and for owners how many are left. */
function lineOf(one: Shelved, scene: Scene): string {
  const { say, who } = scene;
  const { cost } = one.reward;
  return [
    cost > 0 ? say('rewards:points', { count: cost }) : say('rewards:free'),
    stateText(one, scene),
    who.role === 'owner' && one.left !== null ? say('rewards:left', { count: one.left }) : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

/** What is next: the cheapest of what only points are missing for. */
function nextText(shelf: readonly Shelved[], scene: Scene): string {
  const next = shelf.find(({ state }) => state === 'short');
  return next && scene.who.member ? scene.say('rewards:next', { name: rewardName(next, scene), count: next.missing }) : '';
}

/** The button that begins to take a reward. */
const redeemButton = (one: Pick<Shelved, 'reward'>, scene: Scene): Button => ({
  label: scene.say('rewards:take', { name: rewardName(one, scene), count: one.reward.cost }),
  does: `redeem ${one.reward.id}`,
});

/** The program's rewards: what somebody can have now, what is next and how far. Who has no card yet sees what there is to gain. */
export const rewards: Command = {
  name: 'rewards',
  for: 'anyone',
  reads: true,
  run: async (ctx, _answers, scene) => {
    const { say, who, program, shop } = scene;
    const shelf = (await shelfOf(ctx, who.member, program, shop.timeZone)).filter(
      ({ state }) => state !== 'over' || who.role === 'owner',
    );
    const ready = who.member ? shelf.filter(({ state }) => state === 'ready') : [];
    return {
      title: say(commandKey('rewards', 'title')),
      body: [
        who.member ? say('member:balance.points', { count: who.member.balance }) : '',
        shelf.length === 0 ? say('rewards:none') : nextText(shelf, scene),
      ]
        .filter(Boolean)
        .join('\n'),
      facts: shelf.map((one) => [rewardName(one, scene), lineOf(one, scene)] as const),
      buttons: [
        ...ready
          .slice(-buttonsShown)
          .reverse()
          .map((one) => [redeemButton(one, scene)]),
        ...(shelf.some(({ reward }) => reward.kind === 'event') ? [[button(scene, 'events')]] : []),
        who.member
          ? [button(scene, 'coupons'), button(scene, 'balance')]
          : [{ label: say('chat:join'), does: 'join', style: 'primary' } as const],
      ],
      show: 'privately',
    };
  },
};
