import { type RfmClass, rfmClasses } from './conditions.ts';

/** The class of a score (`member_fact.rfm`): recency against the mean of frequency and money, rounded down. */
export function classOf(rfm: number): RfmClass {
  const recency = Math.floor(rfm / 100);
  const worth = Math.floor((Math.floor((rfm % 100) / 10) + (rfm % 10)) / 2);
  if (recency >= 4) return (['new', 'new', 'promising', 'loyal'] as const)[worth] ?? 'champions';
  if (recency === 3) return worth >= 4 ? 'loyal' : worth === 3 ? 'attention' : 'sleeping';
  if (worth >= 3) return 'at-risk';
  return recency === 2 ? 'sleeping' : 'lost';
}

const digits = [1, 2, 3, 4, 5];
const scores = digits.flatMap((recency) =>
  digits.flatMap((frequency) => digits.map((money) => recency * 100 + frequency * 10 + money)),
);

const byClass = new Map<string, number[]>(rfmClasses.map((name) => [name, scores.filter((score) => classOf(score) === name)]));

/** Every score of a class. */
export const scoresOf = (name: string): readonly number[] => byClass.get(name) ?? [];
