import { accentOnPaper, blank, drawQr, fillAccent, inkOnPaper, paintedPng, stamp, textMask } from './paint.ts';

const width = 600;
const height = 860;
const margin = 24;

/**
 * A coupon that works when it is saved on the phone: what it is for, QR of `link`, the code in readable groups, until when, whose shop. White where the
 * member card is green, so that one is not taken for the other. The same input gives the same bytes.
 */
export function couponPicture(coupon: {
  shop: string;
  name: string;
  worth: string;
  until: string;
  shownCode: string;
  link: string;
}): Uint8Array {
  const picture = blank(width, height);
  const line = (text: string, y: number, size: number, scale = inkOnPaper): void => {
    if (text === '') return;
    const shape = textMask(text, 'Card', size, width - 2 * margin);
    stamp(picture, shape, Math.floor((width - shape.width) / 2), y, scale);
  };
  fillAccent(picture, { x: 0, y: 0, width, height: 12 });
  fillAccent(picture, { x: 0, y: height - 12, width, height: 12 });
  line(coupon.shop, 24, 26, accentOnPaper);
  const worth = coupon.worth === coupon.name ? '' : coupon.worth;
  // A name alone stands in the middle between shop and QR.
  line(coupon.name, worth === '' ? 86 : 62, 46);
  line(worth, 126, 28);
  drawQr(picture, coupon.link, { x: 60, y: 176, size: 480 });
  const letters = [...coupon.shownCode].map((letter) => textMask(letter, 'Code', 52, width));
  const total = letters.reduce((sum, letter) => sum + letter.width, 0);
  let x = Math.max(margin, Math.floor((width - total) / 2));
  for (const letter of letters) {
    stamp(picture, letter, x, 686, inkOnPaper);
    x += letter.width;
  }
  line(coupon.until, 776, 30, accentOnPaper);
  return paintedPng(picture);
}
