import { minorPerUnit } from '../money.ts';
import type { Tx } from '../once.ts';
import { Refusal } from '../refusal.ts';
import { type Known, knownIn } from './conditions.ts';
import { parseSegment } from './parse.ts';
import { type Condition, joined, type Segment } from './segment.ts';

/** A tree without `segment:…` in it, and how many minor units its money is in. */
export type Resolved = { tree: Segment; minorPerUnit: number };

const conditionsIn = (segment: Segment): Condition[] => {
  switch (segment.kind) {
    case 'everybody':
      return [];
    case 'not':
      return conditionsIn(segment.of);
    case 'and':
    case 'or':
      return segment.of.flatMap(conditionsIn);
    default:
      return [segment];
  }
};

/** The names of saved segments that a rule is made of, each once. */
export const namesIn = (segment: Segment): string[] => [
  ...new Set(
    conditionsIn(segment).flatMap((one) =>
      one.kind === 'is' && one.key === 'segment' && one.value.kind === 'words' ? one.value.words : [],
    ),
  ),
];

/** So many saved segments may stand in a rule, those within them counted too. */
const insideMax = 100;

/**
 * Puts saved segments in the place of their names. `saved`: their rules by name in lower case. Refuses: `segment.unknown_segment` { name },
 * `segment.empty` { name } (nothing has been chosen for it yet), `segment.circle` { name } (it would be made of itself), `segment.too_wide` { max }.
 */
export function inlined(
  tree: Segment,
  saved: ReadonlyMap<string, string>,
  above: readonly string[] = [],
  room = { left: insideMax },
): Segment {
  const inside = (part: Segment): Segment => inlined(part, saved, above, room);
  switch (tree.kind) {
    case 'not':
      return { kind: 'not', of: inside(tree.of) };
    case 'and':
    case 'or':
      return joined(tree.kind, tree.of.map(inside));
    case 'is': {
      if (tree.key !== 'segment' || tree.value.kind !== 'words') return tree;
      const parts = tree.value.words.map((name) => {
        if (above.includes(name)) throw new Refusal('segment.circle', { name });
        const text = saved.get(name);
        if (text === undefined) throw new Refusal('segment.unknown_segment', { name });
        if (text === '') throw new Refusal('segment.empty', { name });
        room.left -= 1;
        if (room.left < 0) throw new Refusal('segment.too_wide', { max: insideMax });
        return inlined(parseSegment(text), saved, [...above, name], room);
      });
      return joined('or', parts);
    }
    default:
      return tree;
  }
}

/** Where saved segments are read: the database, or a transaction. */
export type SegmentRows = { prisma: Pick<Tx, 'segment'> };

/** The rules of all saved segments by their names in lower case. */
export async function savedTexts({ prisma }: SegmentRows): Promise<Map<string, string>> {
  const rows = await prisma.segment.findMany({ where: { removedAt: null }, select: { name: true, text: true } });
  return new Map(rows.map(({ name, text }) => [name.toLowerCase(), text]));
}

/** The names that a rule may use here and now: those of the program's rules, and saved segments. */
export async function knownNow(db: SegmentRows, rules: Parameters<typeof knownIn>[0]): Promise<Known> {
  const saved = await savedTexts(db);
  return { ...knownIn(rules), segment: [...saved.keys()] };
}

/**
 * Makes a tree ready to be asked (`segmentWhere`): saved segments by their rules of now, money in the minor units of the ledger's currency (whoever never sold
 * anything has no money to compare). Refuses what `inlined` refuses.
 */
export async function resolveSegment(db: { prisma: Pick<Tx, 'segment' | 'sale'> }, tree: Segment): Promise<Resolved> {
  const whole = namesIn(tree).length === 0 ? tree : inlined(tree, await savedTexts(db));
  const money = conditionsIn(whole).some((one) => one.kind === 'is' && one.value.kind === 'money');
  const sale = money ? await db.prisma.sale.findFirst({ orderBy: { id: 'asc' }, select: { currency: true } }) : null;
  return { tree: whole, minorPerUnit: sale ? minorPerUnit(sale.currency) : 100 };
}
