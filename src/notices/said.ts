import type { Say } from '../chat/words.ts';

type Kept = { texts: Map<string, string>; forms: Map<string, readonly [before: string, after: string]>; rules: Intl.PluralRules };

const kept = new WeakMap<Say, Kept>();
const most = 1_000;

function keptOf(say: Say): Kept {
  const known = kept.get(say);
  if (known) return known;
  const made: Kept = { texts: new Map(), forms: new Map(), rules: new Intl.PluralRules(say.language) };
  kept.set(say, made);
  return made;
}

/** The same sentence in thousands of messages, composed once. `param`: the one thing in it. */
export function saidOnce(say: Say, key: string, param: string, value: string | number | Date): string {
  const { texts } = keptOf(say);
  const name = `${key} ${value instanceof Date ? value.getTime() : value}`;
  const known = texts.get(name);
  if (known !== undefined) return known;
  const made = say(key, { [param]: value });
  if (texts.size >= most) texts.clear();
  texts.set(name, made);
  return made;
}

/**
 * A count with its unit ("120 points"), where the form depends on nothing but the number's plural: each form is composed once, and the number
 * put into it as plain digits, as the words' own format writes it.
 */
export function saidCount(say: Say, key: string, count: number): string {
  const { forms, rules } = keptOf(say);
  const name = `${key} ${rules.select(count)}`;
  let form = forms.get(name);
  if (!form) {
    const [before = '', after = ''] = say(key, { count }).split(String(count));
    form = [before, after];
    forms.set(name, form);
  }
  return form[0] + count + form[1];
}
