import type { Rules } from '../../program/rules/rules.ts';
import type { Choice } from '../choice.ts';
import { chosen } from '../choice.ts';
import type { Reader } from '../rules/wording.ts';

/** What a value is read and shown by: the rules it will stand in, who reads, and when. */
export type Desk = { rules: Rules; reader: Reader; now: Date };

/** A way to write and show values. `hint` names the sentence that says how it is written. */
export type Kind<Value> = {
  hint: string;
  /** Throws Refusal for what can't be read. Takes what `write` gives. */
  read(typed: string, desk: Desk): Value;
  write(value: Value, desk: Desk): string;
  show(value: Value, desk: Desk): string;
  /** Values that stand in buttons. */
  offered?(desk: Desk): readonly Value[];
  /** Whether there may be no value at all. */
  optional?: true;
};

/** The same kind, where there may also be none. */
export const orNone = <Value>(kind: Kind<Value>): Kind<Value> => ({ ...kind, optional: true });

/** How conversations keep that there is no value. */
export const none = 'none';

/** Something of the rules that can be changed by one answer, with its values as texts. */
export type Setting = {
  /** How buttons and typed commands name it: `welcome`, `rewards.coffee.cost`. */
  path: string;
  /** The sentence key of its label. */
  label: string;
  hint: string;
  choices(desk: Desk): Choice[];
  /** The value now, as people read it. */
  now(desk: Desk): string;
  shown(kept: string, desk: Desk): string;
  /** Reads what was typed or pressed into the text that is kept; throws Refusal. */
  read(typed: string, desk: Desk): string;
  apply(kept: string, desk: Desk): Rules;
};

const tidy = (typed: string): string => typed.normalize('NFKC').trim();

/** A setting from a kind of value and the place where it stands. `put` gets undefined for none. */
export function setting<Value>(
  { path, name }: { path: string; name: string },
  kind: Kind<Value>,
  get: (rules: Rules) => Value | undefined,
  put: (rules: Rules, value: Value | undefined) => Rules,
): Setting {
  const choices = (desk: Desk): Choice[] => [
    ...(kind.optional ? [{ value: none, label: desk.reader.say('program:none') }] : []),
    ...(kind.offered?.(desk) ?? []).map((value) => ({ value: kind.write(value, desk), label: kind.show(value, desk) })),
  ];
  const show = (value: Value | undefined, desk: Desk): string =>
    value === undefined ? desk.reader.say('program:none') : kind.show(value, desk);
  const read = (kept: string, desk: Desk): Value | undefined =>
    kind.optional && kept === none ? undefined : kind.read(kept, desk);
  return {
    path,
    label: `program:label.${name}`,
    hint: `program:hint.${kind.hint}`,
    choices,
    now: (desk) => show(get(desk.rules), desk),
    shown: (kept, desk) => show(read(kept, desk), desk),
    read: (typed, desk) => {
      const picked = chosen(typed, choices(desk)) ?? tidy(typed);
      const value = read(picked, desk);
      return value === undefined ? none : kind.write(value, desk);
    },
    apply: (kept, desk) => put(desk.rules, read(kept, desk)),
  };
}

/** A copy with `key` set, or without it when there is no value. */
export function put<Thing extends object, Key extends keyof Thing>(thing: Thing, key: Key, value: Thing[Key] | undefined): Thing {
  const { [key]: _, ...rest } = thing;
  return (value === undefined ? rest : { ...rest, [key]: value }) as Thing;
}
