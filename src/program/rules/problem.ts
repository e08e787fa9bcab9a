/** Where something stands in the program's file: keys as people write them, places in lists from 0. */
export type Path = readonly (string | number)[];

/**
 * One thing that is wrong with a program. `code` is a locale key, `params` fill its placeholders; amounts in minor units. `line` and `column`
 * (from 1) are there when it came from a file.
 */
export type Problem = { path: Path; code: string; params: Record<string, unknown>; line?: number; column?: number };

/** What the rules are read and checked by. */
export type Frame = { currency: string; timeZone: string; language: string };

/** The languages that the program speaks. */
export const languages = ['en', 'ru', 'bg', 'fi', 'pl'] as const;

/** The most points that one entry, and so one price, can be. */
export const pointsCeiling = 1_000_000_000;
