import type { Json } from './rules.ts';

export type SeenField = { name: string; label: string; hint?: string; optional: boolean; choices?: string[] };

type Element = { type: string; options?: { text: { text: string }; value: string }[] };

const inputsOf = (view: Json): Json[] => (view['blocks'] as Json[]).filter(({ type }) => type === 'input');

/** The fields of an open modal as they are seen. */
export function fieldsOf(view: Json): SeenField[] {
  return inputsOf(view).map((block) => {
    const hint = (block['hint'] as { text: string } | undefined)?.text;
    const choices = (block['element'] as Element).options?.map(({ text }) => text.text);
    return {
      name: String(block['block_id']),
      label: (block['label'] as { text: string }).text,
      optional: block['optional'] === true,
      ...(hint ? { hint } : {}),
      ...(choices ? { choices } : {}),
    };
  });
}

/** What a filled-in modal sends; throws what Slack itself would say first. */
export function stateOf(view: Json, values: Record<string, string>): Json {
  const names = new Set(Object.keys(values));
  const state: Json = {};
  for (const block of inputsOf(view)) {
    const name = String(block['block_id']);
    const value = values[name] ?? '';
    names.delete(name);
    if (value === '' && block['optional'] !== true) throw new Error(`Slack shows: please fill in ${name}`);
    const element = block['element'] as Element & { action_id: string };
    const option = element.options?.find(({ text }) => text.text === value);
    if (element.options && value !== '' && !option) throw new Error(`there is no choice ${value}`);
    state[name] = {
      [element.action_id]: element.options
        ? { type: element.type, selected_option: option ?? null }
        : { type: element.type, value: value === '' ? null : value },
    };
  }
  if (names.size > 0) throw new Error(`the modal has no field ${[...names].join(', ')}`);
  return state;
}
