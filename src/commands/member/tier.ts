import type { Command, Scene } from '../../chat/command.ts';
import type { Button, View } from '../../chat/view.ts';
import type { Context } from '../../program/context.ts';
import { tierOf } from '../../program/tiers/tier-of.ts';
import { button } from '../buttons.ts';
import { benefitLines, neededLines, progressLine, whyLines, worth } from './tier-text.ts';

/** A member's level in one line and the way to the rest of it, for views that show more than levels. Nothing when the program has none. */
export async function tierGlance(ctx: Context, scene: Scene): Promise<{ facts: NonNullable<View['facts']>; buttons: Button[] }> {
  const { say, who, program, shop } = scene;
  if (!program.rules.tiers || !who.member) return { facts: [], buttons: [] };
  const found = await tierOf(ctx, who.member.id, program.rules, shop.timeZone);
  return { facts: found?.tier ? [[say('tiers:fact'), found.tier.name]] : [], buttons: [button(scene, 'tier')] };
}

/** The level a member has, what it brings, how far the next one is, and what keeps it. An owner says so of others: `tier <member> <level>`. */
export const tier: Command = {
  name: 'tier',
  for: 'member',
  reads: true,
  becomes: (args, { who }) => {
    if (who.role !== 'owner') return undefined;
    if (args !== '') return `tier set ${args}`;
    return who.member ? undefined : 'tiers';
  },
  run: async (ctx, _answers, scene) => {
    const { say, who, program, shop } = scene;
    if (!who.member) throw new Error('tier runs for members');
    const found = await tierOf(ctx, who.member.id, program.rules, shop.timeZone);
    if (!found) return { body: say('tiers:nothing'), buttons: [[button(scene, 'balance')]], show: 'privately' };
    const { tier, sum, by, windowMonths, next, changes } = found;
    const [last] = changes;
    return {
      title: tier ? say('tiers:title', { tier: tier.name }) : say('tiers:untitled'),
      body: [
        ...(tier ? benefitLines(tier, program.rules, scene) : []),
        ...(next ? [progressLine(found, scene)] : []),
        ...neededLines(found, say),
      ].join('\n'),
      facts: [[say(`tiers:window.${by}`, { count: windowMonths }), worth(sum, by, say)]],
      ...(last ? { footer: whyLines(last, say).join('\n') } : {}),
      buttons: [[button(scene, 'balance'), button(scene, 'rewards')]],
      show: 'privately',
    };
  },
};
