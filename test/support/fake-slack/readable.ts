type Json = Record<string, unknown>;

/** A button as a person sees it; `value` is what its press will say. */
export type SeenButton = { label: string; url?: string; value?: string; actionId: string; blockId: string };
/** What can be read in blocks. `pings`: everything in them that would call somebody or be a link. */
export type Readable = { text: string; buttons: SeenButton[]; fileId?: string; pings: string[] };

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** mrkdwn as it is shown: references replaced, escapes undone once, bold without its stars. */
function shown(text: string, pings: string[]): string {
  pings.push(...(text.match(/<[^<>]+>/g) ?? []));
  return text
    .replace(/<([^<>|]+)\|?([^<>]*)>/g, (_, target: string, label: string) => label || target)
    .replace(/(?<![\p{L}\p{N}])([*_~])([^\n]+?)\1(?![\p{L}\p{N}])/gu, '$2')
    .replace(/&(amp|lt|gt);/g, (entity) => entities[entity] ?? entity);
}

function read(object: unknown, pings: string[]): string {
  const { type, text } = object as { type: string; text: string };
  return type === 'mrkdwn' ? shown(text, pings) : text;
}

/** Blocks that were accepted, as somebody reads them from top to bottom. */
export function readable(blocks: readonly Json[]): Readable {
  const lines: string[] = [];
  const pings: string[] = [];
  const buttons: SeenButton[] = [];
  let fileId: string | undefined;
  for (const block of blocks) {
    if (block['text']) lines.push(read(block['text'], pings));
    if (block['label']) lines.push(read(block['label'], pings));
    if (block['hint']) lines.push(read(block['hint'], pings));
    for (const field of (block['fields'] as unknown[] | undefined) ?? []) lines.push(read(field, pings));
    if (block['type'] === 'image') fileId = (block['slack_file'] as { id: string }).id;
    if (block['type'] === 'context') for (const element of block['elements'] as unknown[]) lines.push(read(element, pings));
    if (block['type'] === 'actions')
      buttons.push(...(block['elements'] as Json[]).map((element) => button(element, String(block['block_id'] ?? ''))));
  }
  return { text: lines.join('\n'), buttons, pings, ...(fileId ? { fileId } : {}) };
}

const button = (element: Json, blockId: string): SeenButton => ({
  label: (element['text'] as { text: string }).text,
  actionId: String(element['action_id']),
  blockId,
  ...(element['url'] ? { url: String(element['url']) } : {}),
  ...(element['value'] ? { value: String(element['value']) } : {}),
});

/** The text of a message without blocks, as it is shown. */
export const readableText = (text: string): Readable => {
  const pings: string[] = [];
  return { text: shown(text, pings), buttons: [], pings };
};
