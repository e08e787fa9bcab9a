import { crc32, deflateSync } from 'node:zlib';

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.allocUnsafe(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Bytes of one line of pixels of `depth` bits: a filter byte (0: none) and the packed pixels. */
export const lineBytes = (width: number, depth: 1 | 4): number => Math.ceil((width * depth) / 8) + 1;

/**
 * Wraps packed lines (see `lineBytes`) of a picture of at most 2^depth colours into a PNG (https://www.w3.org/TR/png/, colour type 3).
 * `palette` holds RGB triples. Few colours and a light compression make a card many times cheaper than a general encoder does.
 */
export function encodePng(
  size: { width: number; height: number },
  lines: Uint8Array,
  palette: readonly (readonly number[])[],
  depth: 1 | 4,
): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size.width, 0);
  header.writeUInt32BE(size.height, 4);
  header.set([depth, 3, 0, 0, 0], 8);
  const data = deflateSync(lines, { level: 1 });
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
