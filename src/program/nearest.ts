import { distance } from 'fastest-levenshtein';

/** The known word that a mistyped one is most likely meant to be; undefined when none is near (more than half of its letters are others). */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const scores = known.map((word) => ({ word, score: distance(typed, word) / Math.max(typed.length, word.length, 1) }));
  const [best] = scores.filter(({ score }) => score <= 0.5).sort((one, other) => one.score - other.score);
  return best?.word;
}
