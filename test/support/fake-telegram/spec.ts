import { readFileSync } from 'node:fs';

/** Possible types, and whether the field is required. */
type Field = readonly [types: readonly string[], required: boolean];
type Spec = {
  methods: Record<string, Record<string, Field>>;
  types: Record<string, { fields: Record<string, Field>; subtypes: readonly string[] }>;
};

const spec = JSON.parse(readFileSync(new URL('../../fixtures/telegram-bot-api.json', import.meta.url), 'utf8')) as Spec;

/** Every kind of update that can be asked for. */
export const updateKinds: readonly string[] = Object.keys(spec.types.Update?.fields ?? {}).filter((name) => name !== 'update_id');

export const knowsMethod = (method: string): boolean => Object.hasOwn(spec.methods, method);

/** What is wrong with the parameters of a call by the official specification; undefined when nothing is. Goes into nested objects. */
export function problemOf(method: string, params: Record<string, unknown>): string | undefined {
  return fieldsProblem(spec.methods[method] ?? {}, params, method);
}

/** A form's text as the value that the specification wants for this parameter; unchanged when it fits none. */
export function fromForm(method: string, name: string, text: string): unknown {
  const types = spec.methods[method]?.[name]?.[0] ?? [];
  if (types.includes('Integer') && /^-?\d+$/.test(text)) return Number(text);
  if (types.includes('Float') && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  if (types.includes('Boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if (types.includes('String') || types.includes('InputFile')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function fieldsProblem(fields: Record<string, Field>, value: Record<string, unknown>, path: string): string | undefined {
  for (const name of Object.keys(value)) if (!Object.hasOwn(fields, name)) return `${path} has no field "${name}"`;
  for (const [name, [types, required]] of Object.entries(fields)) {
    if (!Object.hasOwn(value, name)) {
      if (required) return `${path} needs the field "${name}"`;
      continue;
    }
    const problem = valueProblem(types, value[name], `${path}.${name}`);
    if (problem) return problem;
  }
  return undefined;
}

function valueProblem(types: readonly string[], value: unknown, path: string): string | undefined {
  const problems = types.map((type) => typeProblem(type, value, path));
  return problems.includes(undefined) ? undefined : problems[0];
}

function typeProblem(type: string, value: unknown, path: string): string | undefined {
  const unless = (fits: boolean) => (fits ? undefined : `${path} must be ${type}, not ${JSON.stringify(value)?.slice(0, 40)}`);
  if (type.startsWith('Array of ')) {
    if (!Array.isArray(value)) return unless(false);
    const inner = type.slice('Array of '.length);
    return value.map((one, index) => typeProblem(inner, one, `${path}[${index}]`)).find(Boolean);
  }
  if (type === 'String') return unless(typeof value === 'string');
  if (type === 'Integer') return unless(Number.isSafeInteger(value));
  if (type === 'Float') return unless(typeof value === 'number' && Number.isFinite(value));
  if (type === 'Boolean') return unless(typeof value === 'boolean');
  if (type === 'InputFile') return unless(typeof value === 'string' && value.startsWith('attach://'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return unless(false);
  return objectProblem(type, value as Record<string, unknown>, path);
}

function objectProblem(type: string, value: Record<string, unknown>, path: string): string | undefined {
  const known = spec.types[type];
  if (!known) return `${path}: the type ${type} is not in the specification`;
  if (known.subtypes.length === 0) return fieldsProblem(known.fields, value, path);
  // "BotCommandScopeChat" is told by `type: 'chat'`, "InputMediaPhoto" by `type: 'photo'`.
  const subtype = known.subtypes.find((name) => snakeCase(name.slice(type.length)) === value.type);
  if (!subtype) return `${path}: ${JSON.stringify(value.type)} is no kind of ${type}`;
  return objectProblem(subtype, value, path);
}

const snakeCase = (name: string) => name.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
