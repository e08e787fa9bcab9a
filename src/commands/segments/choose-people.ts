import type { Scene } from '../../chat/command.ts';
import type { Button, View } from '../../chat/view.ts';
import type { Context } from '../../program/context.ts';
import { definitionOf, type Key } from '../../program/segments/conditions.ts';
import { isLarge, type Reach, reachOf } from '../../program/segments/count.ts';
import { parseSegment } from '../../program/segments/parse.ts';
import { markOf, partsOf } from '../../program/segments/press.ts';
import { segmentText } from '../../program/segments/text.ts';
import { conditionsOffered, type Press, pressesFor } from './press-values.ts';
import { conditionName, segmentSaid } from './segment-said.ts';

/**
 * People being chosen: the rule so far (`text`), the condition whose values are shown (`asked`), and the beginning of what a button stands for: `base` and an
 * operation of `pressed` behind it, so whoever shows this keeps the rule.
 */
export type Choosing = { text: string; asked?: string; base: string };

const widest = 64;

const example = 'tier:gold last-visit>30d language:fi';

const rowsOf = (buttons: readonly Button[], width: number): Button[][] =>
  Array.from({ length: Math.ceil(buttons.length / width) }, (_, row) => buttons.slice(row * width, (row + 1) * width));

// A button that is too long for a messenger would not be sent: such a word is typed.
const fitting = (base: string, presses: readonly Press[]): Button[] =>
  presses.map(({ label, op }) => ({ label, does: `${base} ${op}` })).filter(({ does }) => Buffer.byteLength(does) <= widest);

/** How many are meant and how many of them an offer reaches, as facts of a view. */
const reachFacts = ({ members, of, agreed, reachable }: Reach, { say }: Pick<Scene, 'say'>): [string, string][] => [
  [say('segments:fact.members'), say('segments:fact.members_of', { count: members, of })],
  [say('segments:fact.agreed'), say('segments:fact.number', { number: agreed })],
  [say('segments:fact.reachable'), say('segments:fact.number', { number: reachable })],
];

function changes(text: string, base: string, { say }: Pick<Scene, 'say'>): Button[][] {
  const { kind, parts } = partsOf(parseSegment(text));
  if (parts.length === 0) return [];
  const mark = markOf(text);
  const each = parts.slice(0, 8).map((_, index) => [
    { label: say('segments:press.without', { number: index + 1 }), does: `${base} -${index + 1}.${mark}` },
    { label: say('segments:press.not', { number: index + 1 }), does: `${base} ~${index + 1}.${mark}` },
  ]);
  const other = kind === 'and' ? 'any' : 'all';
  const both = parts.length > 1 ? [{ label: say(`segments:press.${other}`), does: `${base} ${other}.${mark}` }] : [];
  return [...each, [...both, { label: say('segments:press.clear'), does: `${base} clear.${mark}` }]];
}

async function values(ctx: Context, key: Key, { base }: Choosing, scene: Scene): Promise<Button[][]> {
  const { say } = scene;
  const back = [{ label: say('segments:press.back'), does: `${base} ?` }];
  if (definitionOf(key)?.kind === 'flag') return [back];
  return [...rowsOf(fitting(base, await pressesFor(ctx, key, scene)), 2), back];
}

function offered({ base }: Choosing, scene: Scene): Button[][] {
  const buttons = conditionsOffered(scene).map((key) => ({
    label: conditionName(key, scene.say),
    does: definitionOf(key)?.kind === 'flag' ? `${base} +${key}` : `${base} ?${key}`,
  }));
  return rowsOf(buttons, 3);
}

/**
 * Lets an owner choose people by pressing or typing: the rule in their language, how many it means now and reaches, and buttons that change it. What is pressed comes as
 * `<base> <operation>`: give it to `pressed` with the rule that was kept, keep what comes back, and show this again.
 */
export async function choosePeople(ctx: Context, choosing: Choosing, scene: Scene): Promise<View> {
  const { say, shop, program } = scene;
  const tree = parseSegment(choosing.text);
  const reach = await reachOf(ctx.db, tree, { now: ctx.now, timeZone: shop.timeZone, rules: program.rules });
  const { kind, parts } = partsOf(tree);
  const lines = parts.map((part, index) => `${index + 1}. ${segmentSaid(part, scene)}`).join('\n');
  const asked = choosing.asked as Key | undefined;
  const warning = reach.members === 0 ? 'nobody' : isLarge(reach) ? 'large' : undefined;
  return {
    title: say('segments:choose.title'),
    body: [
      parts.length > 1 ? `${say(`segments:choose.${kind}`)}\n${lines}` : segmentSaid(tree, scene),
      ...(warning ? [say(`segments:choose.${warning}`)] : []),
      ...(asked ? [say('segments:choose.which', { name: conditionName(asked, say) })] : []),
    ].join('\n\n'),
    facts: reachFacts(reach, scene),
    buttons: asked
      ? await values(ctx, asked, choosing, scene)
      : [...changes(choosing.text, choosing.base, scene), ...offered(choosing, scene)],
    footer:
      tree.kind === 'everybody'
        ? say('segments:choose.typed', { example })
        : say('segments:choose.text', { text: segmentText(tree) }),
    show: 'privately',
  };
}
