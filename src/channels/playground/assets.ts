import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

// Counted from the package's root, so that the compiled code finds them too: tsc copies no assets.
const folder = new URL('../../../src/channels/playground/page/', import.meta.url);

const types = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
} as const;

/** The page's files. A list, so that a path from outside never reaches the disk. */
const files = [
  'index.html',
  'icon.svg',
  'base.css',
  'top.css',
  'phone.css',
  'message.css',
  'main.js',
  'header.js',
  'phone.js',
  'log.js',
  'tour.js',
  'message.js',
  'picture.js',
  'steps.js',
  'send.js',
  'stream.js',
  'links.js',
  'element.js',
  'words.js',
  ...['en', 'ru', 'bg', 'fi', 'pl'].map((language) => `words/${language}.js`),
];

/** A file of the page, ready to be answered. */
export type Asset = { bytes: Uint8Array<ArrayBuffer>; type: string; tag: string };

/** Reads the page once. @throws when the package is incomplete */
export async function readAssets(): Promise<Map<string, Asset>> {
  const read = async (name: string): Promise<[string, Asset]> => {
    const bytes = new Uint8Array(await readFile(new URL(name, folder)));
    const type = types[name.slice(name.lastIndexOf('.') + 1) as keyof typeof types];
    return [name, { bytes, type, tag: `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"` }];
  };
  return new Map(await Promise.all(files.map(read)));
}
