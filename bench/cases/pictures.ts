import qrcode from 'qrcode';
import { cardPicture } from '../../src/pictures/card.ts';
import { qrPng } from '../../src/pictures/qr.ts';
import { newCode, shownCode } from '../../src/program/codes.ts';
import { type Case, interleave, rateOf } from '../case.ts';

const scale = 8;
const links = Array.from({ length: 40 }, () => `https://t.me/regulars_bot?start=c_${newCode()}`);

/** Every content once per round, so that nothing can be kept from the last. */
const each = (draw: (link: string) => unknown): Promise<number> =>
  rateOf(links.length, async () => {
    for (const link of links) await draw(link);
  });

const library = (width?: number) => each((link) => qrcode.toBuffer(link, width ? { width } : { scale }));

export const cardCase: Case = {
  name: 'card',
  about: 'card pictures per second, against qrcode.toBuffer of the same content at the size it has on the card',
  goal: 5,
  run: () =>
    interleave({
      baseline: () => library(480),
      ours: () => each((link) => cardPicture({ shop: 'Café Liepa', shownCode: shownCode(link.slice(-9)), link })),
    }),
};

export const qrCase: Case = {
  name: 'qr',
  about: 'bare QR pictures per second, against qrcode.toBuffer of the same content at the same size',
  goal: 50,
  run: () => interleave({ baseline: () => library(), ours: () => each((link) => qrPng(link, scale)) }),
};
