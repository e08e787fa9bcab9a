import { createHash } from 'node:crypto';
import type { Button, View } from '../../chat/view.ts';
import type { Phone } from './phones.ts';

/**
 * What stands in a message: the text a person typed, or the name of a `file` they sent; or a view, its bytes in base64, in the place of an earlier message when it
 * `replaces` one; or no more than that the message `bare` has lost its buttons.
 */
export type Content = { text: string; file?: true } | { view: KeptView; replaces?: number } | { bare: number };

type KeptView = Pick<View, 'title' | 'body' | 'facts' | 'footer'> & {
  /** `png` is left out where messages are listed. */
  image?: { alt: string; hash: string; width: number; height: number; png?: string };
  /** `bytes` is left out where messages are listed. */
  file?: { name: string; bytes?: string };
  buttons?: readonly (readonly Button[])[];
};

/** A message that stands in a phone. `id` grows in the order in which messages become visible. */
export type Message = { id: number; phone: string; mine: boolean; at: Date; content: Content };

/**
 * Where the conversations are kept, so that a reload, a restart and another process see the same ones. A log: a changed message is
 * a new one that `replaces` it.
 */
export interface Messages {
  /** Adds one and gives its id. A `key` that was used for this phone a moment ago adds nothing: the id of the first is given. */
  append(message: { phone: Phone; mine: boolean; at: Date; content: Content; key?: string }): Promise<number>;
  /** At most `limit` messages after `id`, oldest first, without the bytes of pictures and files. */
  since(id: number, limit: number): Promise<Message[]>;
  /** One message with its bytes. */
  find(id: number): Promise<Message | undefined>;
  /** The view that stands in a phone under this id now: message `id` itself, or the newest that replaces it. Without bytes. */
  standing(phone: Phone, id: number): Promise<Message | undefined>;
}

// PostgreSQL's jsonb takes neither NUL nor half a surrogate pair; a person may type both.
const storable = (text: string) =>
  text.replaceAll('\0', '').replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');

const storableIn = <Value>(value: Value): Value =>
  JSON.parse(JSON.stringify(value), (_key, part: unknown) => (typeof part === 'string' ? storable(part) : part)) as Value;

/** A typed text as it is kept. */
export const keptText = (text: string): Content => ({ text: storable(text) });

/** A picture that was sent, as it is kept: by its name. Its bytes are the program's. */
export const keptFile = (name: string): Content => ({ text: storable(name), file: true });

/** A view as it is kept. The size of a picture stands in the first chunk of a PNG, and spares the page a jump while it loads. */
export function keptView(view: View, replaces?: number): Content {
  const { title, body, facts, footer, buttons, image, file } = view;
  const header = image && new DataView(image.png.buffer, image.png.byteOffset, image.png.byteLength);
  const kept = {
    ...storableIn({ title, body, facts, footer, buttons }),
    ...(image &&
      header && {
        image: {
          alt: storable(image.alt),
          hash: createHash('sha256').update(image.png).digest('hex').slice(0, 16),
          width: header.getUint32(16),
          height: header.getUint32(20),
          png: Buffer.from(image.png).toString('base64'),
        },
      }),
    ...(file && { file: { name: storable(file.name), bytes: Buffer.from(file.bytes).toString('base64') } }),
  } as KeptView;
  return replaces === undefined ? { view: kept } : { view: kept, replaces };
}

/** A message as the page receives it: bytes are links to fetch them by, `of` is the message in whose place it stands (or its own id). */
export function shownMessage({ id, phone, mine, at, content }: Message) {
  if ('text' in content) return { id, of: id, phone, mine, at, text: content.text, ...(content.file && { file: true }) };
  if ('bare' in content) return { id, of: content.bare, phone, bare: true };
  const { image, file, ...rest } = content.view;
  const view = {
    ...rest,
    ...(image && {
      image: { src: `/playground/pictures/${id}/${image.hash}.png`, alt: image.alt, width: image.width, height: image.height },
    }),
    ...(file && { file: { name: file.name, href: `/playground/files/${id}` } }),
  };
  return { id, of: content.replaces ?? id, phone, mine, at, view };
}
