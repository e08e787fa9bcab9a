import { createHash } from 'node:crypto';
import { checkOf, randomCode } from '../codes.ts';

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const length = 11;

/** The secret of a batch: its codes are made of it, and the database never sees it. 130 bits of the system's CSPRNG. */
export const newSeed = (): string => randomCode(26);

/** The code number `at` of a batch: eleven characters of Crockford's base32 and a check character that is a letter or digit (see codes.ts). */
function codeAt(seed: string, at: number): string {
  for (let round = 0; ; round++) {
    const bytes = createHash('sha256').update(`${seed}:${at}:${round}`).digest();
    const text = Array.from(bytes.subarray(0, length), (byte) => digits[byte & 31]).join('');
    const check = checkOf(text);
    if (/[0-9A-Z]/.test(check)) return text + check;
  }
}

/** The codes of a batch, the same for the same seed; without it nobody can tell them, with it its files can be made again. */
export const codesOf = (seed: string, count: number): string[] => Array.from({ length: count }, (_, at) => codeAt(seed, at));

/** A printed code (12 characters), or a gift card's (14), in readable groups: `K7Q2-9XMP-5ABC`. */
export const shownPrintedCode = (code: string): string => code.match(/.{1,4}/g)?.join('-') ?? code;
