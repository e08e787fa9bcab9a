import type { Rules } from '../rules/rules.ts';

/** What of a program a customer can look at besides points, so that the page suggests nothing that is not there. */
export const offersOf = ({ rewards, stamps, tiers }: Rules): ('rewards' | 'stamps' | 'tiers')[] => [
  ...(rewards.length > 0 ? (['rewards'] as const) : []),
  ...(stamps.length > 0 ? (['stamps'] as const) : []),
  ...(tiers ? (['tiers'] as const) : []),
];
