export type Json = Record<string, unknown>;

/** What is wrong with a value, as Slack words it: `must be … [json-pointer:/blocks/0/text]`. */
export type Rule = (value: unknown, at: string) => string[];

export const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const wrong = (message: string, at: string): string[] => [`${message} [json-pointer:${at}]`];
const halfCharacter = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** A text of `min` to `max` characters. */
export function string(max: number, { min = 1, pattern }: { min?: number; pattern?: RegExp } = {}): Rule {
  return (value, at) => {
    if (typeof value !== 'string' || value.length < min) return wrong(`must be more than ${min - 1} characters`, at);
    if (value.length > max) return wrong(`must be less than ${max + 1} characters`, at);
    if (pattern && !pattern.test(value)) return wrong(`input must match regex pattern: ${pattern.source}`, at);
    return halfCharacter.test(value) ? wrong('must be well-formed text', at) : [];
  };
}

export const boolean: Rule = (value, at) => (typeof value === 'boolean' ? [] : wrong('must be a boolean', at));

export const oneOf =
  (...values: string[]): Rule =>
  (value, at) =>
    values.includes(String(value)) ? [] : wrong(`must be ${values.join(' or ')}`, at);

/** A list of `min` to `max` items; `unique` names what no two items may share. */
export function list(item: Rule, { min = 0, max, unique }: { min?: number; max: number; unique?: string }): Rule {
  return (value, at) => {
    if (!Array.isArray(value)) return wrong('must be an array', at);
    if (value.length < min) return wrong(`at least ${min} items are needed`, at);
    const tooMany = value.length > max ? wrong(`no more than ${max} items allowed`, at) : [];
    const names = unique ? value.map((one) => (isJson(one) ? one[unique] : undefined)) : [];
    const twice = names.findIndex((name, index) => name !== undefined && names.indexOf(name) !== index);
    const shared = twice < 0 ? [] : wrong('must be unique', `${at}/${twice}/${unique}`);
    return [...tooMany, ...shared, ...value.flatMap((one, index) => item(one, `${at}/${index}`))];
  };
}

/** An object with these fields and no others; those whose name ends in `?` may be absent. */
export function object(fields: Record<string, Rule>): Rule {
  const rules = new Map(
    Object.entries(fields).map(([name, rule]) => [name.replace(/\?$/, ''), { rule, isOptional: name.endsWith('?') }]),
  );
  return (value, at) => {
    if (!isJson(value)) return wrong('must be an object', at);
    const unknown = Object.keys(value).filter((name) => !rules.has(name));
    return [
      ...unknown.flatMap((name) => wrong('no such field', `${at}/${name}`)),
      ...[...rules].flatMap(([name, { rule, isOptional }]) => {
        if (value[name] !== undefined) return rule(value[name], `${at}/${name}`);
        return isOptional ? [] : wrong(`missing required field: ${name}`, at);
      }),
    ];
  };
}

/** An object whose `type` says which of these rules it must keep. */
export function typed(rules: Record<string, Rule>): Rule {
  return (value, at) => {
    if (!isJson(value)) return wrong('must be an object', at);
    return rules[String(value['type'])]?.(value, at) ?? wrong(`unsupported type: ${String(value['type'])}`, `${at}/type`);
  };
}

/** Both rules. */
export const both =
  (one: Rule, other: Rule): Rule =>
  (value, at) => [...one(value, at), ...other(value, at)];

/** A rule of one's own: the message when it is broken. */
export const must =
  (message: string, holds: (value: Json) => boolean): Rule =>
  (value, at) =>
    isJson(value) && holds(value) ? [] : wrong(message, at);
