import { createCanvas, loadImage } from '@napi-rs/canvas';
import jsqr from 'jsqr';
import { expect, it } from 'vitest';
import { cardPicture } from '../../src/pictures/card.ts';
import { qrPng } from '../../src/pictures/qr.ts';
import { newCode, shownCode } from '../../src/program/codes.ts';

// The package's types describe another module format than it has.
const readQr = jsqr as unknown as typeof jsqr.default;

async function decode(png: Uint8Array): Promise<string | undefined> {
  const image = await loadImage(Buffer.from(png));
  const canvas = createCanvas(image.width, image.height).getContext('2d');
  canvas.drawImage(image, 0, 0);
  const { data, width, height } = canvas.getImageData(0, 0, image.width, image.height);
  return readQr(new Uint8ClampedArray(data), width, height)?.data;
}

it('draws cards whose QR a decoder reads, for any shop name and link', async () => {
  const shops = [
    'Café',
    'Кафе «Ромашка»',
    'A very long name of a shop that still has to fit on the card somehow',
    '☕️ & <b>',
    '',
  ];
  for (const shop of shops) {
    const code = newCode();
    const link = `https://t.me/liepa_bot?start=c_${code}`;
    expect(await decode(cardPicture({ shop, shownCode: shownCode(code), link }))).toBe(link);
  }
});

it('draws bare codes that a decoder reads, whatever they hold', async () => {
  for (let n = 0; n < 60; n++) {
    const text = `https://example.com/go/c_${newCode()}${'x'.repeat(n * 2)}`;
    expect(await decode(qrPng(text, n % 2 ? 4 : 8))).toBe(text);
  }
});

it('gives the same bytes for the same card, and other bytes for another', () => {
  const card = { shop: 'Café', shownCode: 'K7Q2-9XMP-5', link: 'https://t.me/x?start=c_K7Q29XMP5' };
  expect(cardPicture(card)).toEqual(cardPicture({ ...card }));
  expect(cardPicture(card)).not.toEqual(cardPicture({ ...card, link: 'https://t.me/x?start=c_K7Q29XMP6' }));
});

it('shows the shop and the code: the picture changes with each', async () => {
  const inkIn = async (png: Uint8Array, top: number, bottom: number): Promise<string> => {
    const image = await loadImage(Buffer.from(png));
    const canvas = createCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    return Buffer.from(canvas.getImageData(0, top, image.width, bottom - top).data).toString('base64');
  };
  const card = { shop: 'Café', shownCode: 'K7Q2-9XMP-5', link: 'https://t.me/x' };
  const [plain, shop, code] = [card, { ...card, shop: 'Bar' }, { ...card, shownCode: 'K7Q2-9XMP-6' }].map(cardPicture) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  expect(await inkIn(plain, 0, 112)).not.toBe(await inkIn(shop, 0, 112));
  expect(await inkIn(plain, 620, 720)).not.toBe(await inkIn(code, 620, 720));
  expect(await inkIn(plain, 0, 112)).toBe(await inkIn(code, 0, 112));
});
