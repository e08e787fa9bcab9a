import type { MessageText } from '../../program/templates/texts.ts';

// A title is a line that can be read at a glance; every messenger shows that much.
const titleUnits = 100;

/** What an owner typed, as a message: a short first line with an empty line below it is the title. */
export function messageFrom(typed: string): MessageText {
  const text = typed.normalize('NFC').replaceAll('\r\n', '\n').trim();
  const found = /^([^\n]+)\n[^\S\n]*\n\s*([\s\S]+)$/.exec(text);
  const [, title = '', body = ''] = found ?? [];
  return found && title.trim().length <= titleUnits ? { title: title.trim(), body: body.trim() } : { body: text };
}

/** A message as it would be typed: `messageFrom` reads the same again. */
export const typedMessage = ({ title, body }: MessageText): string => (title === undefined ? body : `${title}\n\n${body}`);
