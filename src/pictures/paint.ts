import { createRequire } from 'node:module';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { encodePng, lineBytes } from './png.ts';
import { qrModules } from './qr.ts';

// Containers have no fonts: this one comes with a package and covers Latin and Cyrillic.
const fonts = createRequire(import.meta.url);
GlobalFonts.registerFromPath(fonts.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'), 'Card');
GlobalFonts.registerFromPath(fonts.resolve('dejavu-fonts-ttf/ttf/DejaVuSansMono-Bold.ttf'), 'Code');

/** Steps from one colour to another: enough for smooth letters. */
const shades = 8;
const paper = [255, 255, 255] as const;
const ink = [24, 28, 48] as const;
const accent = [15, 98, 84] as const;

/** The palette's indices from nothing to full cover. */
export type Scale = readonly number[];
const scale = (from: number, step: 1 | -1): Scale => Array.from({ length: shades }, (_, shade) => from + step * shade);
export const inkOnPaper = scale(0, 1);
export const paperOnAccent = scale(shades, 1);
export const accentOnPaper = paperOnAccent.toReversed();

const mix = (from: readonly number[], to: readonly number[], part: number): [number, number, number] =>
  [0, 1, 2].map((at) => Math.round((from[at] ?? 0) + ((to[at] ?? 0) - (from[at] ?? 0)) * part)) as [number, number, number];

// 0–7: paper to ink, 8–15: accent to paper. Sixteen colours are enough for smooth letters and keep the picture small.
const palette = [paper, accent].flatMap((from, at) =>
  Array.from({ length: shades }, (_, shade) => mix(from, at === 0 ? ink : paper, shade / (shades - 1))),
);

/** A picture of palette indices, one byte per pixel. */
export type Painting = { width: number; height: number; pixels: Uint8Array };

/** A white picture. */
export const blank = (width: number, height: number): Painting => ({ width, height, pixels: new Uint8Array(width * height) });

/** Fills a box with the accent colour. */
export function fillAccent({ width, pixels }: Painting, box: { x: number; y: number; width: number; height: number }): void {
  for (let row = box.y; row < box.y + box.height; row++)
    pixels.fill(shades, row * width + box.x, row * width + box.x + box.width);
}

/** Shapes as shades, drawn once and kept: shop names, the 36 characters of codes, stamps. */
const drawn = new Map<string, Painting>();
const drawnLimit = 200;

/** What a canvas covers, as shades; the same `name` is drawn once. */
export function mask(
  name: string,
  measure: () => { width: number; height: number; draw(canvas: ReturnType<ReturnType<typeof createCanvas>['getContext']>): void },
): Painting {
  const known = drawn.get(name);
  if (known) return known;
  const { width, height, draw } = measure();
  const canvas = createCanvas(width, height).getContext('2d');
  draw(canvas);
  const rgba = canvas.getImageData(0, 0, width, height).data;
  const pixels = Uint8Array.from({ length: width * height }, (_, pixel) =>
    Math.round(((rgba[pixel * 4 + 3] ?? 0) / 255) * (shades - 1)),
  );
  if (drawn.size >= drawnLimit) drawn.clear();
  drawn.set(name, { width, height, pixels });
  return { width, height, pixels };
}

/** A line of text as shades, made smaller until it fits into `room` pixels. */
export function textMask(text: string, font: 'Card' | 'Code', size: number, room: number): Painting {
  return mask(`${font} ${size} ${room} ${text}`, () => {
    const ruler = createCanvas(1, 1).getContext('2d');
    ruler.font = `${size}px ${font}`;
    const natural = ruler.measureText(text).width;
    const fitted = Math.max(20, Math.floor(size * Math.min(1, room / Math.max(natural, 1))));
    const height = Math.ceil(size * 1.3);
    return {
      width: Math.min(room, Math.ceil((natural * fitted) / size) + 2),
      height,
      draw(canvas) {
        canvas.font = `${fitted}px ${font}`;
        canvas.textBaseline = 'middle';
        canvas.fillText(text, 1, height / 2);
      },
    };
  });
}

/** Puts a mask onto a picture. */
export function stamp(into: Painting, shape: Painting, x: number, y: number, scale: Scale): void {
  for (let row = 0; row < shape.height; row++) {
    for (let column = 0; column < shape.width; column++) {
      const value = shape.pixels[row * shape.width + column] as number;
      if (value) into.pixels[(y + row) * into.width + x + column] = scale[value] as number;
    }
  }
}

/** Draws the QR code of a text into a square box, as large as whole pixels per module allow. */
export function drawQr(into: Painting, text: string, box: { x: number; y: number; size: number }): void {
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

/** A picture of even width as a PNG of sixteen colours; the same picture gives the same bytes, so that messengers can keep it. */
export function paintedPng({ width, height, pixels }: Painting): Uint8Array {
  const stride = lineBytes(width, 4);
  const lines = new Uint8Array(stride * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = y * stride + 1; x < (y + 1) * stride; x++, at += 2)
      lines[x] = ((pixels[at] as number) << 4) | (pixels[at + 1] as number);
  }
  return encodePng({ width, height }, lines, palette, 4);
}
