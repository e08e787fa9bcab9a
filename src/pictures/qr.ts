import { create } from 'qrcode';
import { encodePng, lineBytes } from './png.ts';

/** The modules of a QR code: `size` × `size`, row by row, 1 is dark. */
export type Modules = { size: number; data: Uint8Array };

/**
 * The QR code of a text, error correction M (a scratched screen still scans). The mask is fixed: every mask decodes, and trying all
 * eight for the prettiest takes three quarters of the time. So is the mode: looking for a shorter mix of modes finds none in a link.
 */
export function qrModules(text: string): Modules {
  return create([{ data: Buffer.from(text), mode: 'byte' }], { errorCorrectionLevel: 'M', maskPattern: 2 }).modules as Modules;
}

/** A bare QR code as a black and white PNG, with the quiet zone of four modules that scanners need (ISO/IEC 18004). */
export function qrPng(text: string, scale = 8): Uint8Array {
  const { size, data } = qrModules(text);
  const side = (size + 8) * scale;
  const stride = lineBytes(side, 1);
  const lines = Buffer.alloc(stride * side);
  for (let row = 0; row < size; row++) {
    const top = (row + 4) * scale * stride;
    for (let column = 0; column < size; column++) {
      if (!data[row * size + column]) continue;
      const left = (column + 4) * scale;
      for (let x = left; x < left + scale; x++) {
        const at = top + 1 + (x >> 3);
        lines[at] = (lines[at] ?? 0) | (0x80 >> (x & 7));
      }
    }
    for (let line = 1; line < scale; line++) lines.copyWithin(top + line * stride, top, top + stride);
  }
  return encodePng(
    { width: side, height: side },
    lines,
    [
      [255, 255, 255],
      [0, 0, 0],
    ],
    1,
  );
}
