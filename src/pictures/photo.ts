import { createCanvas, loadImage } from '@napi-rs/canvas';

/** Why bytes can't be shown to people as a picture. */
export type PhotoProblem = 'not_an_image' | 'too_small' | 'too_large';

/** Messengers show no more than this, at the longer side. */
const photoSidePx = 1280;
/** Below this nothing can be made out; no side may be ten times as long as the other (Telegram refuses twenty). */
export const smallestSidePx = 100;
const thinnest = 10;
/** What is unpacked takes four bytes a pixel: more than any phone's camera makes is refused before it is unpacked. */
export const mostPixels = 64_000_000;

type Size = { width: number; height: number };

/** The size that a picture says of itself, without unpacking it. Undefined: no PNG, JPEG, GIF or WebP. */
function sizeOf(bytes: Buffer): Size | undefined {
  if (bytes.subarray(0, 8).toString('latin1') === '\x89PNG\r\n\x1a\n') return sizeAt(bytes, 16, 'readUInt32BE', 4);
  if (/^GIF8[79]a/.test(bytes.subarray(0, 6).toString('latin1'))) return sizeAt(bytes, 6, 'readUInt16LE', 2);
  if (bytes.subarray(0, 3).toString('hex') === 'ffd8ff') return jpegSize(bytes);
  const webp = /^RIFF[\s\S]{4}WEBP(VP8[ LX])/.exec(bytes.subarray(0, 16).toString('latin1'))?.[1];
  return webp ? webpSize(bytes, webp) : undefined;
}

function sizeAt(bytes: Buffer, at: number, read: 'readUInt32BE' | 'readUInt16LE', step: number): Size | undefined {
  return bytes.length < at + 2 * step ? undefined : { width: bytes[read](at), height: bytes[read](at + step) };
}

/** https://www.w3.org/Graphics/JPEG/itu-t81.pdf, B.2.2: the first frame header (SOF) among the segments. */
function jpegSize(bytes: Buffer): Size | undefined {
  for (let at = 2; at + 9 <= bytes.length; ) {
    const marker = bytes[at + 1] as number;
    if (bytes[at] !== 0xff) return undefined;
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

/** https://developers.google.com/speed/webp/docs/riff_container */
function webpSize(bytes: Buffer, kind: string): Size | undefined {
  if (bytes.length < 30) return undefined;
  if (kind === 'VP8X') return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
  if (kind === 'VP8 ') return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
  const packed = bytes.readUInt32LE(21);
  return { width: (packed & 0x3fff) + 1, height: ((packed >>> 14) & 0x3fff) + 1 };
}

/**
 * A picture that somebody sent (PNG, JPEG, GIF or WebP) as it is sent on: upright, at most `photoSidePx` long, as a PNG, without what cameras write
 * into a file (place, time, name). The same bytes give the same picture. Or why it can't be used.
 */
export async function photoPng(bytes: Uint8Array): Promise<{ png: Uint8Array } | { problem: PhotoProblem }> {
  const data = Buffer.from(bytes);
  const size = sizeOf(data);
  if (!size) return { problem: 'not_an_image' };
  const [short, long] = [Math.min(size.width, size.height), Math.max(size.width, size.height)];
  if (size.width * size.height > mostPixels) return { problem: 'too_large' };
  if (short < smallestSidePx || long > thinnest * short) return { problem: 'too_small' };
  const image = await loadImage(data).catch(() => undefined);
  if (!image?.width) return { problem: 'not_an_image' };
  const scale = Math.min(1, photoSidePx / Math.max(image.width, image.height));
  const [width, height] = [Math.round(image.width * scale), Math.round(image.height * scale)];
  const canvas = createCanvas(width, height);
  const paint = canvas.getContext('2d');
  // What is see-through becomes paper: messengers show it on black as well as on white.
  paint.fillStyle = 'white';
  paint.fillRect(0, 0, width, height);
  paint.imageSmoothingQuality = 'high';
  paint.drawImage(image, 0, 0, width, height);
  return { png: await canvas.encode('png') };
}
