import { describe, expect, it } from 'vitest';
import { parseBought, shownBought, writtenBought } from '../../../src/program/pricing/bought.ts';

const categories = [
  { id: 'coffee', name: { en: 'Coffee', ru: 'Кофе' } },
  { id: 'flat-white', name: { en: 'Flat white' } },
  { id: 'cake', name: { en: 'Cake', ru: 'Торт' } },
];
const spoken = { currency: 'EUR', language: 'ru', otherwise: 'en' };
const read = (typed: string) => parseBought(typed, categories, spoken);

describe('what was bought', () => {
  it.each([
    ['coffee', [{ category: 'coffee', pieces: 1 }]],
    [
      'coffee 2, cake',
      [
        { category: 'coffee', pieces: 2 },
        { category: 'cake', pieces: 1 },
      ],
    ],
    [
      'КОФЕ x3; 2 торт',
      [
        { category: 'coffee', pieces: 3 },
        { category: 'cake', pieces: 2 },
      ],
    ],
    ['2x flat  white', [{ category: 'flat-white', pieces: 2 }]],
    [
      'coffee 2 7.00, cake 1 4,50 €',
      [
        { category: 'coffee', pieces: 2, amountMinor: 700 },
        { category: 'cake', pieces: 1, amountMinor: 450 },
      ],
    ],
    ['cake 4.50', [{ category: 'cake', pieces: 1, amountMinor: 450 }]],
    [
      'coffee + cake',
      [
        { category: 'coffee', pieces: 1 },
        { category: 'cake', pieces: 1 },
      ],
    ],
    [
      'coffee 2, cake, coffee',
      [
        { category: 'coffee', pieces: 3 },
        { category: 'cake', pieces: 1 },
      ],
    ],
    ['coffee 1 3.00, coffee', [{ category: 'coffee', pieces: 2 }]],
  ])('is read from %s, and again from how it is kept', (typed, items) => {
    expect(read(typed)).toEqual(items);
    expect(read(writtenBought(items, 'EUR'))).toEqual(items);
  });

  it.each([
    ['tea', 'bought.unknown', { typed: 'tea', known: 'Кофе, Flat white, Торт' }],
    ['coffee, tea 2', 'bought.unknown', { typed: 'tea 2', known: 'Кофе, Flat white, Торт' }],
    ['12', 'bought.unknown', { typed: '12', known: 'Кофе, Flat white, Торт' }],
    ['coffee 0', 'bought.unclear', { example: 'coffee 2' }],
    ['2 coffee 3', 'bought.unclear', { example: 'coffee 2' }],
    [' , ', 'bought.unclear', { example: 'coffee 2' }],
    ['coffee 99, coffee', 'bought.too_many', { most: 99 }],
    ['coffee 1 4.555', 'money.decimals', { exampleMinor: 1250, count: 2 }],
  ])('is refused when it is %s', (typed, code, params) => {
    expect(() => read(typed)).toThrow(expect.objectContaining({ code, params }));
  });

  it('is refused where there are no categories, and shown in the language of who asks', () => {
    expect(() => parseBought('coffee', [], spoken)).toThrow(expect.objectContaining({ code: 'bought.none' }));
    const items = [
      { category: 'coffee', pieces: 2 },
      { category: 'flat-white', pieces: 1 },
      { category: 'gone', pieces: 1 },
    ];
    expect(shownBought(items, categories, 'ru', 'en')).toBe('Кофе × 2, Flat white, gone');
  });
});
