import { heldTooLong, limitOrder, prices, tierOrder, warnings, welcomes } from './check-amounts.ts';
import { namings, spoken, takenIds } from './check-names.ts';
import { overlaps, times } from './check-times.ts';
import type { Frame, Path, Problem } from './problem.ts';
import type { Rules } from './rules.ts';
import { type Shaped, shapeOf, told } from './shape.ts';

const meaning = (rules: Rules, frame: Frame): Problem[] => [
  ...takenIds(rules),
  ...namings(rules),
  ...spoken(rules, frame),
  ...times(rules),
  ...overlaps(rules),
  ...tierOrder(rules),
  ...heldTooLong(rules),
  ...prices(rules),
  ...welcomes(rules),
  ...warnings(rules),
  ...limitOrder(rules),
];

const sectionOf: Readonly<Record<string, string>> = {
  'problems:no_tier': 'tiers',
  'problems:no_shop': 'shops',
  'problems:no_category': 'categories',
  'problems:no_reward': 'rewards',
};

/** Whether a problem may only be there because something else was wrong and was left out, or had to be stood in for. */
function isDoubtful({ code, path }: Problem, damaged: readonly Path[]): boolean {
  if (damaged.some((gone) => gone.every((step, at) => path[at] === step))) return true;
  if (code === 'problems:texts_default') return damaged.some((gone) => path.every((step, at) => gone[at] === step));
  const among = (section: string, ...keys: string[]): boolean =>
    damaged.some((gone) => gone[0] === section && (keys.length === 0 || gone.length < 3 || keys.includes(String(gone.at(-1)))));
  const named = sectionOf[code];
  if (named) return among(named, 'id', 'kind', 'levels');
  if (code === 'problems:bonuses_overlap') return among('bonuses');
  if (code === 'problems:reward_too_dear') return among('expiry');
  return /^problems:tier_/.test(code) && among('tiers', 'from', 'by', 'levels');
}

/** Checks what may or may not be rules: first every value, then what they mean together. `rules` only when nothing is wrong. */
export function readRules(given: unknown, frame: Frame): { rules: Rules; problems: [] } | { rules: null; problems: Problem[] } {
  const shaped = shapeOf(given, frame);
  if (!shaped.rules) return { rules: null, problems: told(shaped.problems) };
  const problems = [...shaped.problems, ...meaningOf(shaped, frame)];
  return problems.length === 0 ? { rules: shaped.rules, problems: [] } : { rules: null, problems: told(problems) };
}

const meaningOf = ({ rules, damaged, origin }: Shaped, frame: Frame): Problem[] =>
  meaning(rules, frame)
    .map((problem) => ({ ...problem, path: origin(problem.path) }))
    .filter((problem) => !isDoubtful(problem, damaged));

/**
 * Everything that is wrong with rules; nothing, when they may be put in force. Paths are named as in the file. Dates in the past are right:
 * an event that is over must not stand in the way of another change.
 */
export const checkRules = (rules: Rules, frame: Frame): Problem[] => readRules(rules, frame).problems;
