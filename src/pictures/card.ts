import { createRequire } from 'node:module';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { encodePng, lineBytes } from './png.ts';
import { qrModules } from './qr.ts';

// Containers have no fonts: this one comes with a package and covers Latin and Cyrillic.
const fonts = createRequire(import.meta.url);
GlobalFonts.registerFromPath(fonts.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'), 'Card');
GlobalFonts.registerFromPath(fonts.resolve('dejavu-fonts-ttf/ttf/DejaVuSansMono-Bold.ttf'), 'Code');

const width = 600;
const height = 720;
const band = 112;
const shades = 8;
const paper = [255, 255, 255] as const;
const ink = [24, 28, 48] as const;
const accent = [15, 98, 84] as const;

const mix = (from: readonly number[], to: readonly number[], part: number): [number, number, number] =>
  [0, 1, 2].map((at) => Math.round((from[at] ?? 0) + ((to[at] ?? 0) - (from[at] ?? 0)) * part)) as [number, number, number];

// 0–7: paper to ink, 8–15: accent to paper. Sixteen colours are enough for smooth letters and keep the picture small.
const palette = [paper, accent].flatMap((from, at) =>
  Array.from({ length: shades }, (_, shade) => mix(from, at === 0 ? ink : paper, shade / (shades - 1))),
);

/** A picture of palette indices, one byte per pixel. */
type Indexed = { width: number; height: number; pixels: Uint8Array };

/** A line of text as shades, drawn once and kept: shop names and the 36 characters of codes. */
const drawn = new Map<string, Indexed>();
const drawnLimit = 200;

function textMask(text: string, font: 'Card' | 'Code', size: number, room: number): Indexed {
  const at = `${font} ${size} ${room} ${text}`;
  const known = drawn.get(at);
  if (known) return known;
  const measure = createCanvas(1, 1).getContext('2d');
  measure.font = `${size}px ${font}`;
  const natural = measure.measureText(text).width;
  const fitted = Math.max(20, Math.floor(size * Math.min(1, room / Math.max(natural, 1))));
  const mask = { width: Math.min(room, Math.ceil((natural * fitted) / size) + 2), height: Math.ceil(size * 1.3) };
  const canvas = createCanvas(mask.width, mask.height).getContext('2d');
  canvas.font = `${fitted}px ${font}`;
  canvas.textBaseline = 'middle';
  canvas.fillText(text, 1, mask.height / 2);
  const rgba = canvas.getImageData(0, 0, mask.width, mask.height).data;
  const pixels = Uint8Array.from({ length: mask.width * mask.height }, (_, pixel) =>
    Math.round(((rgba[pixel * 4 + 3] ?? 0) / 255) * (shades - 1)),
  );
  if (drawn.size >= drawnLimit) drawn.clear();
  drawn.set(at, { ...mask, pixels });
  return { ...mask, pixels };
}

function stamp(into: Indexed, mask: Indexed, x: number, y: number, shade: number): void {
  for (let row = 0; row < mask.height; row++) {
    for (let column = 0; column < mask.width; column++) {
      const value = mask.pixels[row * mask.width + column] as number;
      if (value) into.pixels[(y + row) * into.width + x + column] = shade + value;
    }
  }
}

function drawQr(into: Indexed, text: string, box: { x: number; y: number; size: number }): void {
  const { size, data } = qrModules(text);
  const scale = Math.floor(box.size / size);
  const offset = Math.floor((box.size - size * scale) / 2);
  for (let row = 0; row < size; row++) {
    const top = (box.y + offset + row * scale) * into.width + box.x + offset;
    for (let column = 0; column < size; column++) {
      if (data[row * size + column]) into.pixels.fill(shades - 1, top + column * scale, top + (column + 1) * scale);
    }
    for (let line = 1; line < scale; line++) into.pixels.copyWithin(top + line * into.width, top, top + size * scale);
  }
}

function packed({ pixels }: Indexed): Uint8Array {
  const stride = lineBytes(width, 4);
  const lines = new Uint8Array(stride * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = y * stride + 1; x < (y + 1) * stride; x++, at += 2)
      lines[x] = ((pixels[at] as number) << 4) | (pixels[at + 1] as number);
  }
  return lines;
}

/**
 * The member card: shop name, QR of `link`, the code in readable groups. A PNG of 600 × 720 in sixteen colours; the same input gives the
 * same bytes, so that messengers can keep it.
 */
export function cardPicture(card: { shop: string; shownCode: string; link: string }): Uint8Array {
  const picture: Indexed = { width, height, pixels: new Uint8Array(width * height) };
  picture.pixels.fill(shades, 0, band * width);
  const title = textMask(card.shop, 'Card', 52, width - 48);
  stamp(picture, title, Math.floor((width - title.width) / 2), Math.floor((band - title.height) / 2), shades);
  drawQr(picture, card.link, { x: 60, y: band + 24, size: 480 });
  const letters = [...card.shownCode].map((letter) => textMask(letter, 'Code', 58, width));
  const total = letters.reduce((sum, letter) => sum + letter.width, 0);
  let x = Math.floor((width - total) / 2);
  for (const letter of letters) {
    stamp(picture, letter, x, height - 96, 0);
    x += letter.width;
  }
  return encodePng(picture, packed(picture), palette, 4);
}
