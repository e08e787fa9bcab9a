import { createHash, randomInt } from 'node:crypto';

// Crockford's base32: https://www.crockford.com/base32.html. The check value is the number modulo 37, a prime, so that every single
// wrong character and every swap of two is caught.
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const checks = `${digits}*~$=U`;

/** The check character of a base32 text. */
export function checkOf(text: string): string {
  let rest = 0;
  for (const char of text) rest = (rest * 32 + digits.indexOf(char)) % 37;
  return checks[rest] ?? '';
}

/** `length` random base32 characters from the system's CSPRNG. */
export const randomCode = (length: number): string => Array.from({ length }, () => digits[randomInt(32)]).join('');

/**
 * A new code: `length` random characters and a check character that is a letter or digit too, since links take nothing else
 * (one text in nine is drawn again for that).
 */
export function newCode(length = 8): string {
  for (;;) {
    const text = randomCode(length);
    const check = checkOf(text);
    if (/[0-9A-Z]/.test(check)) return text + check;
  }
}

/** What somebody typed or scanned, as base32: hyphens and spaces gone, I and L read as 1, O as 0, other alphabets' twins as Latin. */
export function plainCode(typed: string): string {
  const twins: Record<string, string> = {
    А: 'A',
    В: 'B',
    Е: 'E',
    К: 'K',
    М: 'M',
    Н: 'H',
    О: '0',
    Р: 'P',
    С: 'C',
    Т: 'T',
    У: 'Y',
    Х: 'X',
    O: '0',
    I: '1',
    L: '1',
  };
  return typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s‐-―_-]/g, '')
    .replace(/./gu, (char) => twins[char] ?? char);
}

/** Whether a text (see `plainCode`) is a code of `length` characters whose check character is right; `mistyped` when only that is wrong. */
export function checkCode(code: string, length = 8): 'right' | 'mistyped' | 'other' {
  if (
    code.length !== length + 1 ||
    [...code.slice(0, length)].some((char) => !digits.includes(char)) ||
    !checks.includes(code.at(-1) ?? '')
  )
    return 'other';
  return checkOf(code.slice(0, length)) === code.at(-1) ? 'right' : 'mistyped';
}

/** A member code in readable groups: `K7Q2-9XMP-5`. */
export const shownCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;

/** How secrets that people type are kept: the plain code never reaches the database. */
export const codeHash = (code: string): Uint8Array<ArrayBuffer> => new Uint8Array(createHash('sha256').update(code).digest());
