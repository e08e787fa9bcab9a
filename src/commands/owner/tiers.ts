import type { Command } from '../../chat/command.ts';
import { commandKey } from '../../chat/words.ts';
import { type TierCount, tiersOverview } from '../../program/tiers/tiers-overview.ts';
import { button } from '../buttons.ts';

/** How many members each level has, highest first, and how many of them by hand. */
export const tiers: Command = {
  name: 'tiers',
  for: 'owner',
  reads: true,
  run: async (ctx, _answers, scene) => {
    const { say, program } = scene;
    const levels = program.rules.tiers?.levels;
    if (!levels) return { body: say('tiers:overview.nothing'), buttons: [[button(scene, 'program')]], show: 'privately' };
    const counts = await tiersOverview(ctx);
    const known = new Set(levels.map(({ id }) => id));
    const add = (found: readonly TierCount[]): string => {
      const sum = (name: 'members' | 'manual'): number => found.reduce((all, one) => all + one[name], 0);
      const members = say('tiers:members', { count: sum('members') });
      return sum('manual') > 0 ? say('tiers:overview.by_hand', { members, count: sum('manual') }) : members;
    };
    return {
      title: say(commandKey('tiers', 'title')),
      facts: [
        ...levels.toReversed().map(({ id, name }) => [name, add(counts.filter((one) => one.tier === id))] as const),
        [say('tiers:overview.none'), add(counts.filter((one) => one.tier === null || !known.has(one.tier)))],
      ],
      buttons: [[button(scene, 'tier set'), button(scene, 'program')]],
      show: 'privately',
    };
  },
};
