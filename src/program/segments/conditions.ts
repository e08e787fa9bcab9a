import type { Rules } from '../rules/rules.ts';

/** What kind of value a condition takes. `name`: one the program knows by now, `word`: any. */
type Kind = 'name' | 'word' | 'campaign' | 'count' | 'score' | 'money' | 'time' | 'birthday' | 'flag';

/** `written`: what stands behind its name in an example. */
type Definition = { kind: Kind; written: string };

/** Every condition of the grammar, in the order in which they are offered. */
const conditions = {
  tier: { kind: 'name', written: ':gold' },
  'last-visit': { kind: 'time', written: '>30d' },
  visits: { kind: 'count', written: '>=3' },
  spent: { kind: 'money', written: '>100' },
  average: { kind: 'money', written: '>12.50' },
  points: { kind: 'count', written: '>=100' },
  language: { kind: 'name', written: ':fi' },
  channel: { kind: 'name', written: ':telegram' },
  shop: { kind: 'name', written: ':main' },
  tag: { kind: 'word', written: ':vip' },
  joined: { kind: 'time', written: '<7d' },
  'first-visit': { kind: 'time', written: '>=2026-01-31' },
  birthday: { kind: 'birthday', written: '<7d' },
  score: { kind: 'score', written: '>=9' },
  bought: { kind: 'name', written: ':coffee' },
  received: { kind: 'campaign', written: ':12' },
  claimed: { kind: 'campaign', written: ':12' },
  rfm: { kind: 'name', written: ':champions' },
  segment: { kind: 'word', written: ':regulars' },
  agreed: { kind: 'flag', written: '' },
  paper: { kind: 'flag', written: '' },
} as const satisfies Record<string, Definition>;

export type Key = keyof typeof conditions;

export const keys = Object.keys(conditions) as Key[];

export const definitionOf = (key: string): Definition | undefined =>
  Object.hasOwn(conditions, key) ? conditions[key as Key] : undefined;

/** How a condition is written, for who has written it otherwise. */
export const exampleOf = (key: string): string => `${key}${definitionOf(key)?.written ?? ''}`;

/** The names that conditions may use here and now; a condition without a list takes any word. */
export type Known = Partial<Record<Key, readonly string[]>>;

const languages = ['bg', 'en', 'fi', 'pl', 'ru'];
const channels = ['telegram', 'slack', 'playground'];

/**
 * Classes by recency, frequency and money, each scored 1 (the worst fifth of those who ever bought) to 5 (the best). By recency R and the mean of the
 * other two, rounded down, as RFM segmentation is usually drawn (Putler, "RFM analysis", 11 classes on an R × FM grid, here joined to eight); the scores are quintiles as in Hughes,
 * "Strategic Database Marketing" (1994). The table: docs/adr/0023-segments.md.
 */
export const rfmClasses = ['champions', 'loyal', 'promising', 'new', 'attention', 'at-risk', 'sleeping', 'lost'] as const;

export type RfmClass = (typeof rfmClasses)[number];

/** The names that the program's rules know. */
export const knownIn = ({ tiers, shops, categories }: Pick<Rules, 'tiers' | 'shops' | 'categories'>): Known => ({
  tier: [...(tiers?.levels.map(({ id }) => id) ?? []), 'none'],
  shop: shops.map(({ id }) => id),
  bought: categories.map(({ id }) => id),
  language: languages,
  channel: channels,
  rfm: rfmClasses,
});
