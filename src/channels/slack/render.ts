import type { types } from '@slack/bolt';
import { NotSent } from '../../chat/channel.ts';
import { type Button, plainText, type View } from '../../chat/view.ts';
import { limits } from './limits.ts';
import { cut, escapeText, isMarked, pieces } from './literal.ts';

type Blocks = types.KnownBlock[];

/** The names by which presses come back: one prefix for texts, one for links (which Slack reports too). */
export const actionIds = { does: 'does-', opens: 'opens-' } as const;

/** Text that Slack shows as it is: no markup, no mention, no emoji name is read out of it. */
export const plain = (text: string, max: number): types.PlainTextElement => ({
  type: 'plain_text',
  text: cut(text, max),
  emoji: false,
});

/** How a picture stands in blocks: an uploaded file, or its words when there is none. */
export type Painted = { fileId?: string };

/**
 * A view as the blocks of a message, and the `text` that notifications and screen readers use. Everything in a view is plain text, so
 * nothing in it formats, links or calls anybody.
 * @throws NotSent when there is nothing to show or a button carries more than 64 bytes
 */
export function renderMessage(view: View, painted: Painted = {}): { text: string; blocks: Blocks } {
  const blocks = renderBlocks(view, painted, limits.messageBlocks);
  if (blocks.length === 0) throw new NotSent('a view without any content', false);
  const text = plainText(view) || view.image?.alt || firstLabel(view);
  return { text: cut(escapeText(text), limits.fallbackText), blocks };
}

/** A view as at most `max` blocks: the title, buttons and footer always, the middle as far as it fits. */
export function renderBlocks(view: View, painted: Painted, max: number): Blocks {
  const head: Blocks = view.title ? [{ type: 'header', text: plain(view.title, limits.header) }] : [];
  const middle = [
    ...pictureBlocks(view, painted),
    ...bodyBlocks(view.body),
    ...factBlocks(view.facts),
    ...copyBlocks(view.buttons),
  ];
  const tail = [...buttonBlocks(view.buttons), ...footerBlocks(view.footer)];
  const room = max - head.length - tail.length;
  return [...head, ...(middle.length <= room ? middle : [...middle.slice(0, room - 1), more]), ...tail];
}

const more: types.KnownBlock = { type: 'context', elements: [plain('…', limits.contextText)] };

const firstLabel = (view: View): string => view.buttons?.flat()[0]?.label ?? view.file?.name ?? '…';

function pictureBlocks(view: View, { fileId }: Painted): Blocks {
  if (!view.image) return [];
  if (!fileId) return [{ type: 'section', text: plain(view.image.alt, limits.sectionText) }];
  return [{ type: 'image', slack_file: { id: fileId }, alt_text: cut(view.image.alt, limits.altText) }];
}

const bodyBlocks = (body: string | undefined): Blocks =>
  pieces(body ?? '', limits.sectionText).map((piece) => ({ type: 'section', text: plain(piece, limits.sectionText) }));

// A label in bold needs mrkdwn; words that mrkdwn would format are shown plainly instead.
function fact([label, value]: readonly [string, string]): types.PlainTextElement | types.MrkdwnElement {
  const text = `*${escapeText(label)}*\n${escapeText(value)}`;
  const asItIs = label.trim() !== '' && !isMarked(label) && !isMarked(value) && text.length <= limits.fieldText;
  return asItIs ? { type: 'mrkdwn', text, verbatim: true } : plain(`${label}\n${value}`, limits.fieldText);
}

function factBlocks(facts: View['facts'] = []): Blocks {
  const fields = facts.map(fact);
  return inGroups(fields, limits.fieldsPerSection).map((group) => ({ type: 'section', fields: group }));
}

// Slack has no button that copies: the text stands there to be selected.
function copyBlocks(buttons: View['buttons'] = []): Blocks {
  return buttons.flat().flatMap((button): Blocks => {
    if (!('copy' in button)) return [];
    return [{ type: 'section', text: plain(`${button.label}: ${button.copy}`, limits.sectionText) }];
  });
}

const footerBlocks = (footer: string | undefined): Blocks =>
  footer ? [{ type: 'context', elements: [plain(footer, limits.contextText)] }] : [];

/** Rows of buttons as actions blocks. Over ten rows are packed, so that buttons never crowd out the text. */
function buttonBlocks(rows: View['buttons'] = []): Blocks {
  const shown = rows.map((row) => row.filter((button) => !('copy' in button)));
  const packed = shown.length > 10 ? [shown.flat()] : shown;
  let number = 0;
  return packed
    .flatMap((row) => inGroups(row, limits.actionsElements))
    .map((row) => ({ type: 'actions', elements: row.map((button) => buttonElement(button, number++)) }));
}

function buttonElement(button: Button, number: number): types.Button {
  const text = plain(button.label, limits.buttonText);
  if ('does' in button) {
    assertDoes(button.does);
    return {
      type: 'button',
      action_id: `${actionIds.does}${number}`,
      text,
      value: button.does,
      ...(button.style ? { style: button.style } : {}),
    };
  }
  if (!('url' in button)) throw new NotSent('a button to copy is no button here', false);
  if (button.url.length > limits.buttonUrl) throw new NotSent(`a link is longer than ${limits.buttonUrl} characters`, false);
  return { type: 'button', action_id: `${actionIds.opens}${number}`, text, url: button.url };
}

/** @throws NotSent when the text behind a button is empty or longer than every messenger can carry */
export function assertDoes(does: string): void {
  if (does === '' || does.length > limits.buttonValue || Buffer.byteLength(does) > limits.doesBytes) {
    throw new NotSent(`the text of a button is empty or longer than ${limits.doesBytes} bytes`, false);
  }
}

function inGroups<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
