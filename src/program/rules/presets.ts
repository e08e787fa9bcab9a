import { cafe } from './presets/cafe.ts';
import { club } from './presets/club.ts';
import { salon } from './presets/salon.ts';
import { shop } from './presets/shop.ts';
import type { Frame } from './problem.ts';
import type { Rules } from './rules.ts';

const presets = { cafe, shop, salon, club } as const;

/** The ready-made programs to start from. */
export type PresetName = keyof typeof presets;
export const presetNames = Object.keys(presets) as PresetName[];

export const isPreset = (name: string): name is PresetName => Object.hasOwn(presets, name);

/** A ready-made program in a shop's currency: amounts round for it, texts in every language, tiers named in the shop's own. */
export const presetRules = (name: PresetName, shopOf: Pick<Frame, 'currency' | 'language'>): Rules => presets[name](shopOf);
