import { createCanvas, loadImage } from '@napi-rs/canvas';
import jsqr from 'jsqr';
import { expect, it } from 'vitest';
import { couponPicture } from '../../src/pictures/coupon.ts';
import { newCode } from '../../src/program/codes.ts';
import { shownCouponCode } from '../../src/program/rewards/coupon.ts';

// The package's types describe another module format than it has.
const readQr = jsqr as unknown as typeof jsqr.default;

async function pixels(png: Uint8Array, top = 0, bottom?: number) {
  const image = await loadImage(Buffer.from(png));
  const canvas = createCanvas(image.width, image.height).getContext('2d');
  canvas.drawImage(image, 0, 0);
  return canvas.getImageData(0, top, image.width, (bottom ?? image.height) - top);
}
const coupon = (more: object = {}) => {
  const code = newCode(10);
  const link = `https://t.me/liepa_bot?start=u_${code}`;
  const words = { shop: 'Café Liepa', name: 'A cup of tea', worth: 'tea', until: 'until December 5, 2026' };
  return { ...words, shownCode: shownCouponCode(code), link, ...more };
};

it('draws coupons whose QR a decoder reads, however long the names are', async () => {
  const names = [
    'Tea',
    'Чашка чая',
    'A very long name of a reward that still has to fit on the coupon, whatever it is',
    '☕️ & <b>',
    '',
  ];
  for (const name of names) {
    const one = coupon({ name, worth: name, shop: name });
    const { data, width, height } = await pixels(couponPicture(one));
    expect(readQr(new Uint8ClampedArray(data), width, height)?.data).toBe(one.link);
  }
});

it('gives the same bytes for the same coupon, and shows name, worth, date and code', async () => {
  const one = coupon();
  expect(couponPicture(one)).toEqual(couponPicture({ ...one }));
  const band = async (more: object, top: number, bottom: number) =>
    Buffer.from((await pixels(couponPicture({ ...one, ...more }), top, bottom)).data).toString('base64');
  const bands = { name: [62, 124], worth: [126, 170], until: [776, 820], shownCode: [686, 760] } as const;
  for (const [part, [top, bottom]] of Object.entries(bands)) {
    expect(await band({ [part]: 'K7Q2-0000-XYZ' }, top, bottom), part).not.toBe(await band({}, top, bottom));
    for (const other of Object.keys(bands).filter((each) => each !== part))
      expect(await band({ [other]: 'K7Q2-0000-XYZ' }, top, bottom), `${part} ${other}`).toBe(await band({}, top, bottom));
  }
});
