import { createCanvas, loadImage } from '@napi-rs/canvas';
import { expect, it } from 'vitest';
import { type DrawnCard, stampCardPicture } from '../../src/pictures/stamp-card.ts';

const accent = [15, 98, 84];

/** Pixels in the accent's colour below the first card's name. */
async function filled(cards: readonly DrawnCard[]): Promise<{ accent: number; width: number; height: number }> {
  const image = await loadImage(Buffer.from(stampCardPicture(cards)));
  const canvas = createCanvas(image.width, image.height).getContext('2d');
  canvas.drawImage(image, 0, 0);
  const { data, width, height } = canvas.getImageData(0, 0, image.width, image.height);
  let count = 0;
  for (let at = 80 * width * 4; at < data.length; at += 4) if (accent.every((part, index) => data[at + index] === part)) count++;
  return { accent: count, width, height };
}

const coffee = (count: number, of = 10): DrawnCard => ({ name: 'Кофе', count, of });

it('fills up stamp by stamp, until it is full', async () => {
  const sizes = [];
  for (let count = 0; count <= 10; count += 1) sizes.push((await filled([coffee(count)])).accent);
  expect(sizes).toEqual(sizes.toSorted((one, other) => one - other));
  expect(new Set(sizes).size).toBe(11);
  // A filled circle is accent but for its tick; an empty one has only a ring.
  expect(((sizes[10] ?? 0) - (sizes[0] ?? 0)) / 10).toBeGreaterThan(4_000);
});

it('draws what is owed as an empty card, and more than full as a full one', async () => {
  expect((await filled([coffee(-3)])).accent).toBe((await filled([coffee(0)])).accent);
  expect((await filled([coffee(12)])).accent).toBe((await filled([coffee(10)])).accent);
});

it('has room for every size of card, and for several', async () => {
  for (const of of [1, 2, 5, 6, 12, 25, 26, 40, 100]) expect(await filled([coffee(1, of)])).toMatchObject({ width: 600 });
  const one = await filled([coffee(3)]);
  const two = await filled([coffee(3), { name: 'A very long name of a card that has to fit somehow', count: 1, of: 5 }]);
  expect(two.height).toBeGreaterThan(one.height);
  expect((await filled([coffee(0), coffee(4)])).accent).toBeGreaterThan((await filled([coffee(0), coffee(0)])).accent);
});

it('gives the same bytes for the same cards, and other bytes for others', () => {
  expect(stampCardPicture([coffee(3)])).toEqual(stampCardPicture([coffee(3)]));
  for (const other of [coffee(4), coffee(3, 9), { ...coffee(3), name: 'Чай' }])
    expect(stampCardPicture([coffee(3)])).not.toEqual(stampCardPicture([other]));
});
