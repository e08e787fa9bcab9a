import {
  accentOnPaper,
  blank,
  fillAccent,
  inkOnPaper,
  mask,
  type Painting,
  paintedPng,
  paperOnAccent,
  stamp,
  textMask,
} from './paint.ts';

const width = 600;
const band = 80;
const margin = 24;

/** A stamp card as it is drawn: `count` of `of` circles are filled. */
export type DrawnCard = { name: string; count: number; of: number };

/** Five circles in a row, ten when there are many. */
function gridOf(of: number): { columns: number; rows: number; cell: number } {
  const columns = of <= 5 ? of : of <= 25 ? 5 : 10;
  return { columns, rows: Math.ceil(of / columns), cell: Math.min(110, Math.floor((width - 2 * margin) / columns)) };
}

const heightOf = ({ of }: DrawnCard): number => {
  const { rows, cell } = gridOf(of);
  return band + 2 * margin + rows * cell;
};

/** A disc, a ring or a tick of a circle of so many pixels. */
const shape = (kind: 'disc' | 'ring' | 'tick', size: number): Painting =>
  mask(`stamp ${kind} ${size}`, () => ({
    width: size,
    height: size,
    draw(canvas) {
      const middle = size / 2;
      canvas.lineCap = 'round';
      canvas.lineJoin = 'round';
      canvas.lineWidth = kind === 'tick' ? size / 10 : 4;
      canvas.beginPath();
      if (kind === 'tick') {
        canvas.moveTo(size * 0.3, size * 0.52);
        canvas.lineTo(size * 0.45, size * 0.67);
        canvas.lineTo(size * 0.71, size * 0.36);
      } else canvas.arc(middle, middle, middle - 4, 0, 2 * Math.PI);
      if (kind === 'disc') canvas.fill();
      else canvas.stroke();
    },
  }));

function drawCircle(picture: Painting, label: string, filled: boolean, box: { x: number; y: number; size: number }): void {
  const { x, y, size } = box;
  if (filled) {
    stamp(picture, shape('disc', size), x, y, accentOnPaper);
    stamp(picture, shape('tick', size), x, y, paperOnAccent);
    return;
  }
  stamp(picture, shape('ring', size), x, y, accentOnPaper);
  const number = textMask(label, 'Card', Math.floor(size / 2.6), size - 12);
  stamp(picture, number, x + Math.floor((size - number.width) / 2), y + Math.floor((size - number.height) / 2), inkOnPaper);
}

function drawCard(picture: Painting, card: DrawnCard, top: number): void {
  fillAccent(picture, { x: 0, y: top, width, height: band });
  const room = width - 2 * margin;
  const tally = textMask(`${Math.max(card.count, 0)}/${card.of}`, 'Card', 36, room / 3);
  const name = textMask(card.name, 'Card', 36, room - tally.width - margin);
  stamp(picture, name, margin, top + Math.floor((band - name.height) / 2), paperOnAccent);
  stamp(picture, tally, width - margin - tally.width, top + Math.floor((band - tally.height) / 2), paperOnAccent);
  const { columns, cell } = gridOf(card.of);
  const left = Math.floor((width - columns * cell) / 2);
  for (let at = 0; at < card.of; at += 1) {
    const x = left + (at % columns) * cell + 5;
    const y = top + band + margin + Math.floor(at / columns) * cell + 5;
    // The last circle is what it is all for.
    drawCircle(picture, at === card.of - 1 ? '★' : String(at + 1), at < card.count, { x, y, size: cell - 10 });
  }
}

/**
 * Stamp cards, one below the other: name, tally, and a circle for every stamp, filled up to `count`. A PNG 600 pixels wide in sixteen
 * colours; the same cards give the same bytes, so that messengers can keep it.
 */
export function stampCardPicture(cards: readonly DrawnCard[]): Uint8Array {
  const picture = blank(
    width,
    cards.reduce((sum, card) => sum + heightOf(card), 0),
  );
  let top = 0;
  for (const card of cards) {
    drawCard(picture, card, top);
    top += heightOf(card);
  }
  return paintedPng(picture);
}
