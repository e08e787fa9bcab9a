/** What a variable is worth for somebody: words, a whole number of points, days or years, money in minor units, a moment (ISO). */
export type Value =
  | { kind: 'text'; value: string }
  | { kind: 'points' | 'days' | 'years' | 'money'; value: number }
  | { kind: 'date'; value: string };

/** By the name of the variable. One that is missing is said as nothing and counts as 0. */
export type Values = Readonly<Record<string, Value>>;

/**
 * What owners can write in braces. `longest`: UTF-16 units of the longest thing it can become, so that a text that fits with it fits for
 * every reader. Examples and explanations stand in `locales/<language>/texts.json`.
 */
const variables = {
  name: { kind: 'text', longest: 64 },
  shop: { kind: 'text', longest: 60 },
  points: { kind: 'points', longest: 24 },
  tier: { kind: 'text', longest: 40 },
  code: { kind: 'text', longest: 11 },
  offer: { kind: 'text', longest: 60 },
  until: { kind: 'date', longest: 30 },
  reward: { kind: 'text', longest: 60 },
  coupon: { kind: 'text', longest: 13 },
  missing: { kind: 'points', longest: 24 },
  days: { kind: 'days', longest: 12 },
  years: { kind: 'years', longest: 12 },
  next: { kind: 'text', longest: 40 },
  date: { kind: 'date', longest: 30 },
  // For a choice: `yes` when a purchase keeps the points, else nothing.
  renews: { kind: 'text', longest: 3 },
} as const satisfies Record<string, { kind: Value['kind']; longest: number }>;

export type Variable = keyof typeof variables;

/** Every variable there is, the most used first. */
export const variableNames = Object.keys(variables) as Variable[];

export const kindOf = (name: Variable): Value['kind'] => variables[name].kind;
export const longestOf = (name: Variable): number => variables[name].longest;

/** What can be said to everybody: about the reader and the shop, and about what the message offers. */
export const everyone: readonly Variable[] = ['name', 'shop', 'points', 'tier', 'code', 'offer', 'until'];

const launch: readonly Variable[] = ['name', 'shop', 'code', 'date'];
const back: readonly Variable[] = ['name', 'shop', 'points', 'tier', 'days', 'offer', 'until'];

/**
 * What the messages of each journey know. `points` of `expiring` are those that end, `until` of every journey but those with an offer is
 * the last day of what ends.
 */
const journeys: Readonly<Record<string, readonly Variable[]>> = {
  'welcome-1': ['name', 'shop', 'points', 'code'],
  'welcome-7': ['name', 'shop', 'points', 'code', 'offer', 'until'],
  expiring: ['name', 'shop', 'points', 'until', 'days', 'renews'],
  reach: ['name', 'shop', 'points', 'reward', 'missing'],
  birthday: ['name', 'shop', 'points', 'reward', 'coupon', 'until', 'offer'],
  anniversary: ['name', 'shop', 'points', 'tier', 'years', 'offer', 'until'],
  'coupon-ending': ['name', 'shop', 'reward', 'coupon', 'until', 'days'],
  'tier-risk': ['name', 'shop', 'tier', 'next', 'missing', 'until', 'days'],
  'comeback-30': back,
  'comeback-60': back,
  'comeback-90': back,
  'launch-before': launch,
  'launch-open': [...launch, 'points', 'offer', 'until'],
  'launch-after-1': [...launch, 'points', 'offer', 'until'],
  'launch-after-14': [...launch, 'points', 'offer', 'until'],
};

/** The journeys that have texts of their own in five languages. */
export const journeyKeys = Object.keys(journeys);

/** What a text may speak of. `key`: of which journey; null: a broadcast's. */
export const variablesFor = (key: string | null): readonly Variable[] => (key === null ? everyone : (journeys[key] ?? everyone));
