import { createHash } from 'node:crypto';
import { keys, type knownIn } from './conditions.ts';
import { parseSegment } from './parse.ts';
import { knownNow, type SegmentRows } from './resolve.ts';
import { type Condition, joined, type Segment } from './segment.ts';
import { segmentText } from './text.ts';

/** The parts of a rule that can be taken out one by one, and whether all of them must hold or any. */
export function partsOf(segment: Segment): { kind: 'and' | 'or'; parts: readonly Segment[] } {
  if (segment.kind === 'everybody') return { kind: 'and', parts: [] };
  return segment.kind === 'and' || segment.kind === 'or'
    ? { kind: segment.kind, parts: segment.of }
    : { kind: 'and', parts: [segment] };
}

/** Stands in buttons that mean a place of the rule: pressed under an older rule they change nothing. */
export const markOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 4);

const sameWords = (one: Segment, other: Condition): boolean =>
  one.kind === 'is' && other.kind === 'is' && one.key === other.key && one.value.kind === 'words' && other.value.kind === 'words';

/** One condition more. Another level, language or tag joins those there are: any of them. */
function added(segment: Segment, more: Segment): Segment {
  const { kind, parts } = partsOf(segment);
  if (parts.some((part) => segmentText(part) === segmentText(more))) return segment;
  if (more.kind !== 'is' || !parts.some((part) => sameWords(part, more))) return joined(kind, [...parts, more]);
  const together = parts.map((part): Segment => {
    if (!sameWords(part, more) || part.kind !== 'is' || part.value.kind !== 'words' || more.value.kind !== 'words') return part;
    return { ...part, value: { kind: 'words', words: [...new Set([...part.value.words, ...more.value.words])] } };
  });
  return joined(kind, together);
}

const turned = (part: Segment): Segment => (part.kind === 'not' ? part.of : { kind: 'not', of: part });

function atPlace(segment: Segment, sign: string, place: number): Segment {
  const { kind, parts } = partsOf(segment);
  if (sign === '-')
    return joined(
      kind,
      parts.filter((_, index) => index + 1 !== place),
    );
  return joined(
    kind,
    parts.map((part, index) => (index + 1 === place ? turned(part) : part)),
  );
}

/** Takes the rule as a whole: `any`, `all` of its parts, or `clear`. */
function whole(segment: Segment, word: string): Segment {
  if (word === 'clear') return { kind: 'everybody' };
  return joined(word === 'any' ? 'or' : 'and', partsOf(segment).parts);
}

/**
 * What becomes of a rule by what a button stands for: `+visits>=3` (one condition more), `#7` (the saved segment of this number), `-2.mark` (without the second
 * part), `~2.mark` (the second part the other way round), `any.mark`, `all.mark`, `clear.mark`; `?tier` changes nothing, `asked` is the condition whose values are to
 * be shown. Everything else is a rule as it was typed, in place of the one before. Returned in the grammar's own spelling. Refuses what `parseSegment` refuses.
 */
export async function pressed(
  db: SegmentRows,
  text: string,
  typed: string,
  rules: Parameters<typeof knownIn>[0],
): Promise<{ text: string; asked?: string }> {
  const said = typed.trim();
  const asked = said.startsWith('?') ? keys.find((key) => key === said.slice(1)) : undefined;
  if (said.startsWith('?')) return { text, ...(asked ? { asked } : {}) };
  const known = await knownNow(db, rules);
  const before = parseSegment(text);
  const [, sign, place, word, mark] = /^(?:([-~])(\d{1,2})|(any|all|clear))\.([\w-]{4})$/.exec(said) ?? [];
  if (mark !== undefined) {
    if (mark !== markOf(text)) return { text };
    return { text: segmentText(word === undefined ? atPlace(before, sign ?? '', Number(place)) : whole(before, word)) };
  }
  const number = /^#(\d{1,9})$/.exec(said)?.[1];
  if (number !== undefined) {
    const saved = await db.prisma.segment.findFirst({ where: { id: Number(number), removedAt: null } });
    const more: Segment = {
      kind: 'is',
      key: 'segment',
      operator: '=',
      value: { kind: 'words', words: [saved?.name.toLowerCase() ?? ''] },
    };
    return { text: saved ? segmentText(added(before, more)) : text };
  }
  if (said.startsWith('+')) return { text: segmentText(added(before, parseSegment(said.slice(1), known))) };
  return { text: segmentText(parseSegment(said, known)) };
}
