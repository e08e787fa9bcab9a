const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * A text of at most `maxUnits` UTF-16 code units: as it is, or cut with an ellipsis, after a word where one ends nearby, and never
 * inside a character as people see it (emoji, accents).
 */
export function cut(text: string, maxUnits: number): string {
  if (text.length <= maxUnits) return text;
  if (maxUnits < 1) return '';
  // A window is enough to find the character's beginning; segmenting all of a long text is slow.
  const from = Math.max(0, maxUnits - 1 - 200);
  const inside = graphemes.segment(text.slice(from, maxUnits + 200)).containing(maxUnits - 1 - from);
  const kept = text.slice(0, from + (inside?.index ?? 0));
  const lastGap = kept.search(/\s\S*$/);
  const atWord = lastGap >= 0 && kept.length - lastGap <= 80 ? kept.slice(0, lastGap) : kept;
  return `${atWord.trimEnd()}…`;
}

/** A text without halves of characters, which no messenger takes. */
export const wellFormed = (text: string): string => text.replace(/[\uD800-\uDFFF]/gu, '\uFFFD');
