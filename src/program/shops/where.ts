import type { Rules, Store } from '../rules/rules.ts';

/** Where somebody who works here may be (none assigned: anywhere), and where they said they are today. Ids of shops. */
export type Workplaces = { shops: readonly string[]; chosen: string | null };

/** The shops where somebody may work: those they were assigned to, of the ones there are; all, when they were assigned to none. */
export function workplaces({ shops }: Pick<Rules, 'shops'>, assigned: readonly string[]): readonly Store[] {
  const theirs = shops.filter(({ id }) => assigned.includes(id));
  return theirs.length > 0 ? theirs : shops;
}

/** The shop where somebody is now: the only one where they may work, or the one they chose for today. Null: nobody knows, or there are none. */
export function whereNow(rules: Pick<Rules, 'shops'>, { shops, chosen }: Workplaces): string | null {
  const places = workplaces(rules, shops);
  if (places.length === 1) return places[0]?.id ?? null;
  return places.some(({ id }) => id === chosen) ? chosen : null;
}
