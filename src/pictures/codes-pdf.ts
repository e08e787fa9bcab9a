import { createCanvas, ImageData, PDFDocument, type SKRSContext2D } from '@napi-rs/canvas';
// Its import brings the fonts.
import './paint.ts';
import { qrModules } from './qr.ts';

/** What stands on every slip: shop, what it is, until when, and how to use it; `codes` with what their QR opens. Texts in one language. */
export type Slips = {
  shop: string;
  gives: string;
  until: string;
  how: string;
  codes: readonly { shown: string; link: string }[];
};

// Points (1/72 inch): A4 with three by eight slips, a little more than a business card's half.
const page = { width: 595.28, height: 841.89, margin: 24 };
const columns = 3;
const rows = 8;
const slip = { width: (page.width - 2 * page.margin) / columns, height: (page.height - 2 * page.margin) / rows };
const qrSize = 68;

/** One pixel per module, enlarged without smoothing: a hundredth of what thousands of small boxes cost. */
function drawCode(canvas: SKRSContext2D, text: string, x: number, y: number): void {
  const { size, data } = qrModules(text);
  const pixels = new Uint8ClampedArray(size * size * 4).fill(255);
  for (const [at, dark] of data.entries()) if (dark) pixels.fill(0, at * 4, at * 4 + 3);
  const picture = createCanvas(size, size);
  picture.getContext('2d').putImageData(new ImageData(pixels, size, size), 0, 0);
  canvas.imageSmoothingEnabled = false;
  canvas.drawImage(picture, x, y, qrSize, qrSize);
}

/** A line of text, made smaller until it fits into `room`. */
function line(
  canvas: SKRSContext2D,
  text: string,
  font: 'Card' | 'Code',
  size: number,
  at: { x: number; y: number; room: number },
) {
  canvas.font = `${size}px ${font}`;
  const wide = canvas.measureText(text).width;
  if (wide > at.room) canvas.font = `${Math.max(4, (size * at.room) / wide)}px ${font}`;
  canvas.fillText(text, at.x, at.y, at.room);
}

function cutLines(canvas: SKRSContext2D): void {
  canvas.strokeStyle = '#999999';
  canvas.lineWidth = 0.4;
  canvas.setLineDash([3, 3]);
  canvas.beginPath();
  for (let column = 0; column <= columns; column++) {
    canvas.moveTo(page.margin + column * slip.width, 0);
    canvas.lineTo(page.margin + column * slip.width, page.height);
  }
  for (let row = 0; row <= rows; row++) {
    canvas.moveTo(0, page.margin + row * slip.height);
    canvas.lineTo(page.width, page.margin + row * slip.height);
  }
  canvas.stroke();
}

function drawSlip(canvas: SKRSContext2D, { shown, link }: Slips['codes'][number], slips: Slips, x: number, y: number): void {
  canvas.fillStyle = '#000000';
  drawCode(canvas, link, x + 10, y + (slip.height - qrSize) / 2);
  const text = { x: x + qrSize + 20, room: slip.width - qrSize - 27 };
  line(canvas, slips.shop, 'Card', 9, { ...text, y: y + 24 });
  line(canvas, slips.gives, 'Card', 12, { ...text, y: y + 41 });
  line(canvas, shown, 'Code', 10, { ...text, y: y + 58 });
  line(canvas, slips.until, 'Card', 6.5, { ...text, y: y + 71 });
  line(canvas, slips.how, 'Card', 6.5, { ...text, y: y + 81 });
}

/** Slips to print and cut, 24 on a sheet of A4, each with a QR of its link, its code and what it gives. A PDF. */
export async function codesPdf(slips: Slips): Promise<Uint8Array> {
  const pdf = new PDFDocument({ title: `${slips.shop} · ${slips.gives}` });
  const perPage = columns * rows;
  for (let first = 0; first < slips.codes.length; first += perPage) {
    // The package's type of a page leaves out what pictures are drawn with.
    const canvas = pdf.beginPage(page.width, page.height) as unknown as SKRSContext2D;
    cutLines(canvas);
    for (const [at, code] of slips.codes.slice(first, first + perPage).entries()) {
      const [x, y] = [page.margin + (at % columns) * slip.width, page.margin + Math.floor(at / columns) * slip.height];
      drawSlip(canvas, code, slips, x, y);
    }
    pdf.endPage();
    // Two hundred sheets take seconds: others are served between them.
    await new Promise(setImmediate);
  }
  return pdf.close();
}
