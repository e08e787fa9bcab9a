import type { InlineKeyboardButton, MessageEntity } from 'grammy/types';
import type { Button, View } from '../../chat/view.ts';
import { cut, wellFormed } from './cut.ts';
import {
  buttonCount,
  callbackBytes,
  captionUnits,
  copyUnits,
  entityCount,
  labelUnits,
  rowButtonCount,
  textUnits,
} from './limits.ts';

/** A view as Telegram takes it. No parse mode: what people wrote stays what they wrote. */
export type Painted = {
  text: string;
  entities: MessageEntity[];
  keyboard: InlineKeyboardButton[][];
  /** What the button says that stands in place of the person's keyboard and hands over their own number; there can be no other buttons then. */
  contact?: string;
};

type Piece = { text: string; style?: 'bold' | 'italic' };
type Range = { type: 'bold' | 'italic' | 'code'; start: number; end: number };

// Shown as code, a tap copies it.
const memberCode = /(?<![\w-])[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-Z*~$=](?![\w-])/g;

/**
 * Paints a view: the title bold, facts as lines with their values bold, the footer italic, member codes ready to be copied. A text that
 * is too long is cut, the body first. Throws RangeError for a view that can't be shown: a button that does too much, nothing to see.
 */
export function render(view: View): Painted {
  const maxUnits = view.image || view.file ? captionUnits : textUnits;
  const whole = piecesOf(view);
  const tooLongUnits = lengthOf(whole) - maxUnits;
  const body = wellFormed(view.body ?? '').trim();
  const pieces = tooLongUnits > 0 ? piecesOf({ ...view, body: cut(body, Math.max(body.length - tooLongUnits, 200)) }) : whole;
  const fitting = cutPieces(pieces, maxUnits);
  const text = fitting.map((piece) => piece.text).join('');
  if (text === '' && !view.image && !view.file) throw new RangeError('a view without anything to see');
  const keyboard = keyboardOf(view.buttons ?? []);
  const asking = view.buttons?.flat().find((button) => 'shares' in button && button.shares === 'contact');
  return {
    text,
    entities: entitiesOf(fitting, text),
    keyboard,
    ...(asking ? { contact: cut(clean(asking.label), labelUnits) } : {}),
  };
}

/** What a member of a chat sees before they look closer, for places that take plain text only. */
export const plainOf = (view: View): string =>
  piecesOf(view)
    .map(({ text }) => text)
    .join('');

function piecesOf({ title, body, facts = [], footer }: View): Piece[] {
  const lines = facts.map(([label, value]): Piece[] => [
    { text: label === '' ? '' : `${clean(label)}: ` },
    { text: clean(value), style: 'bold' },
  ]);
  const sections: Piece[][] = [
    [{ text: clean(title), style: 'bold' }],
    [{ text: clean(body) }],
    lines.flatMap((line, index) => (index === 0 ? line : [{ text: '\n' }, ...line])),
    [{ text: clean(footer), style: 'italic' }],
  ];
  return sections
    .filter((pieces) => lengthOf(pieces) > 0)
    .flatMap((pieces, index) => (index === 0 ? pieces : [{ text: '\n\n' }, ...pieces]));
}

const clean = (text = '') => wellFormed(text).trim();
const lengthOf = (pieces: readonly Piece[]) => pieces.reduce((sum, { text }) => sum + text.length, 0);

function cutPieces(pieces: readonly Piece[], maxUnits: number): Piece[] {
  const kept: Piece[] = [];
  let leftUnits = maxUnits;
  for (const piece of pieces) {
    if (piece.text.length > leftUnits) {
      kept.push({ ...piece, text: cut(piece.text, leftUnits) });
      break;
    }
    kept.push(piece);
    leftUnits -= piece.text.length;
  }
  const last = kept.at(-1);
  if (last) kept[kept.length - 1] = { ...last, text: last.text.trimEnd() };
  return kept;
}

/** Styles by offset. Code can't be part of another style, so a code splits the style around it. */
function entitiesOf(pieces: readonly Piece[], text: string): MessageEntity[] {
  const codes = [...text.matchAll(memberCode)].map(
    (found): Range => ({ type: 'code', start: found.index, end: found.index + found[0].length }),
  );
  const ranges: Range[] = [...codes];
  let start = 0;
  for (const piece of pieces) {
    const end = start + piece.text.length;
    if (piece.style) ranges.push(...without({ type: piece.style, start, end }, codes));
    start = end;
  }
  return ranges
    .sort((a, b) => a.start - b.start)
    .slice(0, entityCount)
    .map(({ type, start: offset, end }) => ({ type, offset, length: end - offset }));
}

function without(range: Range, codes: readonly Range[]): Range[] {
  const parts: Range[] = [];
  let { start } = range;
  for (const code of codes) {
    if (code.end <= start || code.start >= range.end) continue;
    parts.push({ ...range, start, end: code.start });
    start = code.end;
  }
  return [...parts, { ...range, start }].filter((part) => part.end > part.start);
}

function keyboardOf(rows: NonNullable<View['buttons']>): InlineKeyboardButton[][] {
  const buttons = rows.flatMap((row) => chunks(row, rowButtonCount)).map((row) => row.map(buttonOf));
  if (buttons.flat().length > buttonCount) throw new RangeError(`a view with more than ${buttonCount} buttons`);
  return buttons;
}

function buttonOf(button: Button): InlineKeyboardButton {
  const text = cut(clean(button.label), labelUnits);
  if (text === '') throw new RangeError('a button without a label');
  if ('url' in button) return { text, url: button.url };
  if ('copy' in button) {
    if (button.copy === '' || button.copy.length > copyUnits)
      throw new RangeError(`a button copies 1 to ${copyUnits} characters, not ${button.copy.length}`);
    return { text, copy_text: { text: button.copy } };
  }
  const bytes = Buffer.byteLength(button.does);
  if (bytes === 0 || bytes > callbackBytes) throw new RangeError(`a button does 1 to ${callbackBytes} bytes, not ${bytes}`);
  return { text, callback_data: button.does, ...(button.style ? { style: button.style } : {}) };
}

function chunks<T>(row: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(row.length / size) }, (_, index) => row.slice(index * size, (index + 1) * size));
}
