import type { Command } from '../../chat/command.ts';
import type { Rules, Tier, Tiers } from '../../program/rules/rules.ts';
import { askKind } from '../changing/ask-kind.ts';
import { changing } from '../changing/changing.ts';
import { freshId } from '../changing/items.ts';
import { none, orNone } from '../changing/kind.ts';
import { percent } from '../changing/number-kinds.ts';
import { threshold } from '../changing/tier-settings.ts';
import { text } from '../changing/word-kinds.ts';

const bonus = orNone(percent(10_000, [10, 25, 50]));

/** The levels so far. The first one anybody makes stands above a level for everybody, which begins at nothing. */
function levelsOf({ tiers }: Rules, everybody: string): Tiers {
  return (
    tiers ?? { by: 'money', windowMonths: 12, graceDays: 30, warnDays: 30, levels: [{ id: 'base', name: everybody, from: 0 }] }
  );
}

/** Adds a level: its name, from where it begins, how many more points it brings. Its other benefits are set afterwards. */
export const programLevel: Command = changing({
  name: 'program level',
  asks: [
    askKind(
      'name',
      () => 'program:ask.name',
      () => text(40),
    ),
    askKind(
      'from',
      () => 'program:ask.from',
      (_answers, { rules }) => threshold(rules.tiers),
    ),
    askKind(
      'bonus',
      () => 'program:ask.bonus',
      () => bonus,
    ),
  ],
  change: (rules, answers, reader) => {
    const desk = { rules, reader, now: reader.now };
    const tiers = levelsOf(rules, reader.say('program:everybody'));
    const more = answers.bonus === none ? undefined : bonus.read(answers.bonus ?? '', desk);
    const level: Tier = {
      id: freshId(answers.name ?? '', tiers.levels),
      name: answers.name ?? '',
      from: threshold(tiers).read(answers.from ?? '', desk),
      ...(more === undefined ? {} : { bonusPercent: more }),
    };
    return { ...rules, tiers: { ...tiers, levels: [...tiers.levels, level].toSorted((one, other) => one.from - other.from) } };
  },
});
