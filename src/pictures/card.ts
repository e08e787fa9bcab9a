import { blank, drawQr, fillAccent, inkOnPaper, paintedPng, paperOnAccent, stamp, textMask } from './paint.ts';

const width = 600;
const height = 720;
const band = 112;

/**
 * The member card: shop name, QR of `link`, the code in readable groups. A PNG of 600 × 720 in sixteen colours; the same input gives the
 * same bytes, so that messengers can keep it.
 */
export function cardPicture(card: { shop: string; shownCode: string; link: string }): Uint8Array {
  const picture = blank(width, height);
  fillAccent(picture, { x: 0, y: 0, width, height: band });
  const title = textMask(card.shop, 'Card', 52, width - 48);
  stamp(picture, title, Math.floor((width - title.width) / 2), Math.floor((band - title.height) / 2), paperOnAccent);
  drawQr(picture, card.link, { x: 60, y: band + 24, size: 480 });
  const letters = [...card.shownCode].map((letter) => textMask(letter, 'Code', 58, width));
  const total = letters.reduce((sum, letter) => sum + letter.width, 0);
  let x = Math.floor((width - total) / 2);
  for (const letter of letters) {
    stamp(picture, letter, x, height - 96, inkOnPaper);
    x += letter.width;
  }
  return paintedPng(picture);
}
