import { blank, drawQr, fillAccent, inkOnPaper, paintedPng, paperOnAccent, stamp, textMask } from './paint.ts';

const width = 600;
const height = 900;
const band = 112;

/**
 * A member card to print: shop name, whose it is, QR of `link`, the code in readable groups, and `lines` of how a chat takes it over. A PNG of
 * 600 × 900 in sixteen colours.
 */
export function paperCardPicture(card: {
  shop: string;
  name: string;
  shownCode: string;
  link: string;
  lines: readonly string[];
}): Uint8Array {
  const picture = blank(width, height);
  const middle = (text: string, font: 'Card' | 'Code', size: number, y: number, scale = inkOnPaper): void => {
    const shape = textMask(text, font, size, width - 48);
    stamp(picture, shape, Math.floor((width - shape.width) / 2), y, scale);
  };
  fillAccent(picture, { x: 0, y: 0, width, height: band });
  middle(card.shop, 'Card', 52, 22, paperOnAccent);
  // Whoever gave no name is called by the code, which stands below.
  if (card.name !== card.shownCode) middle(card.name, 'Card', 34, band + 16);
  drawQr(picture, card.link, { x: 60, y: band + 68, size: 480 });
  middle(card.shownCode, 'Code', 58, 676);
  for (const [at, line] of card.lines.slice(0, 2).entries()) middle(line, at === 0 ? 'Card' : 'Code', 28, 776 + at * 48);
  return paintedPng(picture);
}
