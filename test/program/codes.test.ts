import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkCode, newCode, plainCode, shownCode } from '../../src/program/codes.ts';

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

it('makes codes that check, in letters and digits only', () => {
  for (let n = 0; n < 2000; n++) {
    const code = newCode();
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}[0-9A-HJKMNP-Z]$/);
    expect(checkCode(code)).toBe('right');
  }
  expect(checkCode('K7Q29XMP5')).toBe('right');
  expect(shownCode('K7Q29XMP5')).toBe('K7Q2-9XMP-5');
});

it('catches every single wrong character and every swap of neighbours', () => {
  fc.assert(
    fc.property(fc.nat(7), fc.nat(31), (at, other) => {
      const code = newCode();
      const wrong = code.slice(0, at) + digits[other] + code.slice(at + 1);
      expect(checkCode(wrong)).toBe(wrong === code ? 'right' : 'mistyped');
      const swapped = code.slice(0, at) + code[at + 1] + code[at] + code.slice(at + 2);
      if (at < 7) expect(checkCode(swapped)).toBe(swapped === code ? 'right' : 'mistyped');
    }),
  );
});

it('reads codes as people write them', () => {
  for (const typed of ['k7q2-9xmp-5', 'K7Q2 9XMP 5', ' K7Q2–9XMP–5 ', 'Ｋ７Ｑ２９ＸＭＰ５', 'К7Q2-9ХМР-5'])
    expect(plainCode(typed)).toBe('K7Q29XMP5');
  expect(plainCode('OIL')).toBe('011');
  for (const typed of ['', 'K7Q2', 'K7Q2-9XMP-55', 'hello', '12.50']) expect(checkCode(plainCode(typed))).toBe('other');
});
