import { type Naming, namingsOf } from './places.ts';
import { type Frame, languages, type Path, type Problem } from './problem.ts';
import type { Rules, Texts } from './rules.ts';

const at = (path: Path, key: string | number): Path => [...path, key];

/** Ids that are used twice. Earning rules, bonuses and discounts share theirs: a sale tells by them what it was priced by. */
export function takenIds(rules: Rules): Problem[] {
  const listed = (section: 'earn' | 'bonuses' | 'discounts' | 'rewards' | 'stamps' | 'shops' | 'categories') =>
    rules[section].map(({ id }, place) => ({ id, path: [section, place, 'id'] }));
  const levels = (rules.tiers?.levels ?? []).map(({ id }, place) => ({ id, path: ['tiers', 'levels', place, 'id'] }));
  const kinds = [
    [...listed('earn'), ...listed('bonuses'), ...listed('discounts')],
    levels,
    listed('rewards'),
    listed('stamps'),
    listed('shops'),
    listed('categories'),
  ];
  return kinds.flatMap((ids) =>
    ids
      .filter(({ id }, place) => ids.findIndex((other) => other.id === id) < place)
      .map(({ id, path }) => ({ path, code: 'problems:id_taken', params: { id } })),
  );
}

const unknownCodes = {
  tier: 'problems:no_tier',
  shop: 'problems:no_shop',
  category: 'problems:no_category',
  reward: 'problems:no_reward',
} as const satisfies Record<Naming['of'], string>;

/** Names of tiers, shops, categories and rewards that there are none of, and names said twice in one list. */
export function namings(rules: Rules): Problem[] {
  const known: Record<Naming['of'], Set<string>> = {
    tier: new Set(rules.tiers?.levels.map(({ id }) => id)),
    shop: new Set(rules.shops.map(({ id }) => id)),
    category: new Set(rules.categories.map(({ id }) => id)),
    reward: new Set(rules.rewards.map(({ id }) => id)),
  };
  return namingsOf(rules).flatMap(({ of, ids, path }) =>
    ids.flatMap((id, place): Problem[] => {
      const here = path.at(-1) === 'reward' ? path : at(path, place);
      if (!known[of].has(id)) return [{ path: here, code: unknownCodes[of], params: { id } }];
      if (ids.indexOf(id) < place) return [{ path: here, code: 'problems:list_twice', params: { value: id } }];
      return [];
    }),
  );
}

/** Texts in languages that nobody can be spoken to in, or not in the one that everybody falls back to. */
export function spoken(rules: Rules, { language }: Frame): Problem[] {
  const inTexts = (texts: Texts | undefined, path: Path): Problem[] => {
    if (!texts) return [];
    const unknown = Object.keys(texts).filter((each) => !(languages as readonly string[]).includes(each));
    const missing = texts[language] === undefined;
    return [
      ...unknown.map((each) => ({
        path: at(path, each),
        code: 'problems:texts_language',
        params: { language: each, known: languages.join(', ') },
      })),
      ...(missing ? [{ path, code: 'problems:texts_default', params: { language } }] : []),
    ];
  };
  return [
    ...rules.rewards.flatMap(({ name, about }, place) => [
      ...inTexts(name, ['rewards', place, 'name']),
      ...inTexts(about, ['rewards', place, 'about']),
    ]),
    ...(['stamps', 'categories'] as const).flatMap((section) =>
      rules[section].flatMap(({ name }, place) => inTexts(name, [section, place, 'name'])),
    ),
  ];
}
