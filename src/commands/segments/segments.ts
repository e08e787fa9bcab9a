import type { Command } from '../../chat/command.ts';
import { countSegment } from '../../program/segments/count.ts';
import { parseSegment } from '../../program/segments/parse.ts';
import { savedSegments } from '../../program/segments/saved.ts';
import { button } from '../buttons.ts';
import { segmentSaid } from './segment-said.ts';

/** The saved segments with how many they mean now. */
export const segments: Command = {
  name: 'segments',
  for: 'owner',
  reads: true,
  run: async (ctx, _answers, scene) => {
    const { say, shop, program } = scene;
    const saved = await savedSegments(ctx.db);
    const moment = { now: ctx.now, timeZone: shop.timeZone, rules: program.rules };
    const facts: [string, string][] = [];
    for (const { name, text } of saved) {
      const tree = parseSegment(text);
      if (tree.kind === 'everybody') {
        facts.push([name, say('segments:list.empty')]);
        continue;
      }
      const { members, of } = await countSegment(ctx.db, tree, moment);
      facts.push([name, `${say('segments:fact.members_of', { count: members, of })}\n${segmentSaid(tree, scene)}`]);
    }
    return {
      title: say('segments:list.title'),
      ...(saved.length === 0 ? { body: say('segments:list.none') } : { facts }),
      buttons: [
        ...saved.map(({ id, name }) => [{ label: name, does: `segments change ${id} ?` }]),
        [{ ...button(scene, 'segments new'), style: 'primary' as const }],
      ],
      show: 'privately',
    };
  },
};
