import type { Scene } from '../../chat/command.ts';
import type { Say } from '../../chat/words.ts';
import { minorPerUnit } from '../../program/money.ts';
import { textIn } from '../../program/rewards/text-in.ts';
import { definitionOf } from '../../program/segments/conditions.ts';
import type { Condition, Segment, Value } from '../../program/segments/segment.ts';

type Speaker = Pick<Scene, 'say' | 'shop' | 'program' | 'language'>;

/** How a value of a condition is called: a level by its name, a month in words. */
function valueName(key: string, word: string, scene: Speaker): string {
  const { say, shop, language } = scene;
  const { tiers, shops, categories } = scene.program.rules;
  switch (key) {
    case 'tier':
      return word === 'none' ? say('segments:value.no_tier') : (tiers?.levels.find(({ id }) => id === word)?.name ?? word);
    case 'shop':
      return shops.find(({ id }) => id === word)?.name ?? word;
    case 'bought': {
      const found = categories.find(({ id }) => id === word);
      return found ? textIn(found.name, language, shop.language) : word;
    }
    case 'language':
      return new Intl.DisplayNames([language], { type: 'language' }).of(word) ?? word;
    case 'channel':
      return word.charAt(0).toUpperCase() + word.slice(1);
    case 'rfm':
      return say(`segments:rfm.${word.replaceAll('-', '_')}`);
    default:
      return word;
  }
}

const unitKeys = { d: 'days', w: 'weeks', m: 'months', y: 'years' } as const;

const noon = (day: string): Date => new Date(`${day}T12:00:00Z`);

/** A value as people say it: `30 days`, `€12.50`, `March`. */
function valueSaid(key: string, value: Value, scene: Speaker): string {
  const { say, shop, language } = scene;
  switch (value.kind) {
    case 'words':
      return value.words.map((word) => valueName(key, word, scene)).join(', ');
    case 'count':
      return say('segments:value.number', { number: value.count });
    case 'money':
      return say('segments:value.money', { money: Math.round(Number(value.units) * minorPerUnit(shop.currency)) });
    case 'ago':
      return say(`segments:value.${unitKeys[value.unit]}`, { count: value.count });
    case 'day':
      return say('segments:value.day', { at: noon(value.day) });
    case 'birthday': {
      if (value.when === 'today') return say('segments:value.today');
      const month = value.when.length === 2;
      const at = noon(`2024-${month ? `${value.when}-15` : value.when}`);
      return new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC', ...(month ? {} : { day: 'numeric' }) }).format(
        at,
      );
    }
  }
}

/** What a condition is called: `Last visit`. */
export const conditionName = (key: string, say: Say): string => say(`segments:key.${key.replaceAll('-', '_')}`);

const signs = { '=': '', '<': '< ', '<=': '≤ ', '>': '> ', '>=': '≥ ' } as const;

function conditionSaid(condition: Condition, scene: Speaker): string {
  const name = conditionName(condition.key, scene.say);
  if (condition.kind === 'flag') return name;
  const { key, operator, value } = condition;
  const said = valueSaid(key, value, scene);
  if (value.kind !== 'ago') return `${name}: ${signs[operator]}${said}`;
  const longer = operator === '>' || operator === '>=' ? 'ago_more' : operator === '=' ? 'ago_exactly' : 'ago_less';
  const ahead = operator === '=' ? 'ahead_exactly' : 'ahead';
  return `${name}: ${scene.say(`segments:value.${definitionOf(key)?.kind === 'birthday' ? ahead : longer}`, { time: said })}`;
}

/** A rule as people read it, in their language. */
export function segmentSaid(segment: Segment, scene: Speaker): string {
  const { say } = scene;
  switch (segment.kind) {
    case 'everybody':
      return say('segments:everybody');
    case 'not':
      return say('segments:not', { what: segmentSaid(segment.of, scene) });
    case 'and':
    case 'or': {
      const inner = segment.of.map((part) =>
        part.kind === 'and' || part.kind === 'or' ? `(${segmentSaid(part, scene)})` : segmentSaid(part, scene),
      );
      return inner.join(` ${say(`segments:${segment.kind}`)} `);
    }
    default:
      return conditionSaid(segment, scene);
  }
}
