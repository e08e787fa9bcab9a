import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { amountAtStart, minorPerUnit, parseMoney } from '../../src/program/money.ts';
import { Refusal } from '../../src/program/refusal.ts';

const codeOf = (typed: string, currency = 'EUR'): string => {
  try {
    return String(parseMoney(typed, currency));
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
};

describe('amounts as people write them', () => {
  test.each([
    ['12.50', 1250],
    ['12,50', 1250],
    ['12.5', 1250],
    ['7', 700],
    ['1 250,00', 125000],
    ['1\u2009250,00', 125000],
    ['1\u00a0250,00', 125000],
    ['1\u202f250.00', 125000],
    ['1,250.00', 125000],
    ['1.250,00', 125000],
    ["1'250.00", 125000],
    ['1,250,000', 125000000],
    ['12.50 €', 1250],
    ['€12.50', 1250],
    ['12.50 EUR', 1250],
    ['eur 12.50', 1250],
    ['９', 900],
    ['0.01', 1],
  ])('%s is %i minor units', (typed, minor) => expect(parseMoney(typed, 'EUR')).toBe(minor));

  test.each([
    ['0', 'money.not_positive'],
    ['0,00', 'money.not_positive'],
    ['-5', 'money.not_positive'],
    ['−5', 'money.not_positive'],
    ['abc', 'money.unclear'],
    ['1e9', 'money.unclear'],
    ['12.345', 'money.decimals'],
    ['1,250', 'money.decimals'],
    ['1 250', 'money.unclear'],
    ['1.250.00', 'money.unclear'],
    ['12.50 $', 'money.unclear'],
    ['', 'money.unclear'],
    ['12 50', 'money.unclear'],
    ['0x10', 'money.unclear'],
    ['10000000.01', 'money.too_big'],
    ['999999999999', 'money.too_big'],
    ['Infinity', 'money.unclear'],
  ])('%s is refused: %s', (typed, code) => expect(codeOf(typed)).toBe(code));

  it('knows currencies without and with three decimals', () => {
    expect(minorPerUnit('JPY')).toBe(1);
    expect(codeOf('1250', 'JPY')).toBe('1250');
    expect(codeOf('12.5', 'JPY')).toBe('money.decimals');
    expect(codeOf('1.234', 'BHD')).toBe('1234');
    expect(codeOf('12,50 zł', 'PLN')).toBe('1250');
    expect(codeOf('1250 ₽', 'RUB')).toBe('125000');
  });

  it('reads back every amount that Intl writes in our languages', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000_000 }),
        fc.constantFrom('en', 'ru', 'bg', 'fi', 'pl'),
        (minor, language) => {
          const written = new Intl.NumberFormat(language, { style: 'currency', currency: 'EUR' }).format(minor / 100);
          expect(parseMoney(written, 'EUR')).toBe(minor);
        },
      ),
    );
  });

  it('never throws anything but a refusal', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (typed) => void codeOf(typed)));
  });
});

test.each([
  ['12.50 R-7', '12.50'],
  ['1 250,00 R-7', '1 250,00'],
  ['12.50 € 1042', '12.50 €'],
  ['12 EUR', '12 EUR'],
  // Could be twelve and a receipt: taken together, then refused, never guessed.
  ['12 100', '12 100'],
])('of "%s" the amount is "%s"', (typed, amount) => expect(amountAtStart.exec(typed)?.[0]).toBe(amount));
