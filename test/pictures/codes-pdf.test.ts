import { inflateSync } from 'node:zlib';
import jsqr from 'jsqr';
import { expect, it } from 'vitest';
import { codesPdf } from '../../src/pictures/codes-pdf.ts';

// The package's types describe another module format than it has.
const readQr = jsqr as unknown as typeof jsqr.default;

/** What the QR codes of a PDF say: its pictures, one pixel a module, enlarged as a printer does. */
function codesIn(pdf: Uint8Array): (string | undefined)[] {
  const bytes = Buffer.from(pdf);
  const text = bytes.toString('latin1');
  return [...text.matchAll(/\/Subtype \/Image\n\/Width (\d+)\n\/Height (\d+)[\s\S]*?\/Length (\d+)>> stream\n/g)].map((found) => {
    const [size, length] = [Number(found[1]), Number(found[3])];
    const start = found.index + found[0].length;
    const pixels = inflateSync(bytes.subarray(start, start + length));
    const channels = pixels.length / (size * size);
    const [scale, quiet] = [4, 4];
    const side = (size + 2 * quiet) * scale;
    const picture = new Uint8ClampedArray(side * side * 4).fill(255);
    for (let y = 0; y < size * scale; y++) {
      for (let x = 0; x < size * scale; x++) {
        const value = pixels[(Math.floor(y / scale) * size + Math.floor(x / scale)) * channels] ?? 255;
        const at = ((y + quiet * scale) * side + x + quiet * scale) * 4;
        picture.fill(value, at, at + 3);
      }
    }
    return readQr(picture, side, side)?.data;
  });
}

it('prints 24 slips on a sheet, each with a QR that opens its own link', async () => {
  const codes = Array.from({ length: 30 }, (_, at) => ({
    shown: `K7Q2-9XMP-${1000 + at}`,
    link: `https://t.me/liepa_bot?start=p_K7Q29XMP${1000 + at}`,
  }));
  const pdf = await codesPdf({
    shop: 'Kahvila Pähkinä · Кафе',
    gives: '50 баллов',
    until: 'до 31 декабря',
    how: 'Skannaa',
    codes,
  });
  expect(codesIn(pdf)).toEqual(codes.map(({ link }) => link));
  expect(
    Buffer.from(pdf)
      .toString('latin1')
      .match(/\/Type \/Page\n/g),
  ).toHaveLength(2);
  expect(Buffer.from(pdf).toString('latin1')).toMatch(/\/MediaBox \[0 0 595(\.\d+)? 84[12](\.\d+)?\]/);
});
