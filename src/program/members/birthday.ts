import type { Context } from '../context.ts';
import { once } from '../once.ts';
import { Refusal } from '../refusal.ts';

const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const languages = ['en', 'ru', 'bg', 'fi', 'pl'];

/** Names of months as they stand in dates and alone, in every language, short and long. */
const monthNames: readonly string[][] = longest.map((_, month) => {
  const at = Date.UTC(2024, month, 15);
  const forms: Intl.DateTimeFormatOptions[] = [
    { month: 'long' },
    { month: 'long', day: 'numeric' },
    { month: 'short' },
    { month: 'short', day: 'numeric' },
  ];
  const names = languages.flatMap((language) =>
    forms.map((form) => {
      const parts = new Intl.DateTimeFormat(language, { ...form, timeZone: 'UTC' }).formatToParts(at);
      return (parts.find(({ type }) => type === 'month')?.value ?? '').toLowerCase().replace('.', '');
    }),
  );
  return [...new Set(names)].filter((name) => /^\p{L}{3,}$/u.test(name));
});

const dayOf = (day: number, month: number): string | undefined => {
  const days = longest[month - 1];
  if (days === undefined || day < 1 || day > days) return undefined;
  return `${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
};

/**
 * A day of the year as people write it, as `MM-DD`: `24.12.`, `24/12`, `24 December`, `December 24`, `24 декабря`. Day before month, unless
 * only the other order is a day. A year behind it is not kept. Refuses: `birthday.unclear`.
 */
export function readBirthday(typed: string): string {
  const text = typed.normalize('NFKC').trim().toLowerCase();
  const numbers = /^(\d{1,2})\s*[./ -]\s*(\d{1,2})(?:\s*[./ -]\s*(?:\d{4})?\s*(?:г|г\.|r\.)?)?$/.exec(text);
  const iso = /^(?:\d{4}|-)-(\d{1,2})-(\d{1,2})$/.exec(text);
  const word = /\p{L}{3,}/u.exec(text.replace(/(\d)(?:st|nd|rd|th)\b/, '$1'))?.[0];
  const digits = /(?<!\d)\d{1,2}(?!\d)/.exec(text)?.[0];
  const month =
    word === undefined
      ? 0
      : monthNames.findIndex((names) => names.some((name) => name === word || (word.length > 3 && name.startsWith(word)))) + 1;
  const [first, second] = [Number(numbers?.[1]), Number(numbers?.[2])];
  const found = numbers
    ? (dayOf(first, second) ?? dayOf(second, first))
    : iso
      ? dayOf(Number(iso[2]), Number(iso[1]))
      : month > 0 && digits !== undefined
        ? dayOf(Number(digits), month)
        : undefined;
  if (found === undefined) throw new Refusal('birthday.unclear');
  return found;
}

/** A birthday (`MM-DD`) as a language writes it, without a year: `24 December`. */
export const shownBirthday = (birthday: string, language: string): string =>
  new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long', timeZone: 'UTC' }).format(
    new Date(`2024-${birthday}T00:00:00Z`),
  );

/** What a member has told us. `freeAt`: when they can tell us another day (against milking: once a year), null for now. */
export type Birthday = { birthday: string | null; freeAt: Date | null };

function freeAt(setAt: Date | null, now: Date): Date | null {
  if (!setAt) return null;
  const free = new Date(setAt);
  free.setUTCFullYear(free.getUTCFullYear() + 1);
  return free > now ? free : null;
}

/** The birthday of a member, and when they may change it. */
export async function birthdayOf({ db, now }: Pick<Context, 'db' | 'now'>, memberId: number): Promise<Birthday> {
  const found = await db.prisma.member.findUniqueOrThrow({ where: { id: memberId } });
  return { birthday: found.birthday, freeAt: freeAt(found.birthdaySetAt, now) };
}

/** Notes a member's birthday (`MM-DD`). Refuses: `birthday.too_soon` { at }, within a year after they last told us, also when they took it back since. */
export async function setBirthday(ctx: Context, { memberId, birthday }: { memberId: number; birthday: string }): Promise<void> {
  await once(ctx, async (tx) => {
    await tx.$executeRaw`SELECT 1 FROM member WHERE id = ${memberId} FOR UPDATE`;
    const before = await tx.member.findUniqueOrThrow({ where: { id: memberId } });
    const at = freeAt(before.birthdaySetAt, ctx.now);
    if (before.birthday === birthday) return;
    if (at) throw new Refusal('birthday.too_soon', { at });
    await tx.member.update({ where: { id: memberId }, data: { birthday, birthdaySetAt: ctx.now } });
  });
}

/** Erases a birthday; only when it was told is kept, so that it can't be told anew for a gift. */
export async function forgetBirthday(ctx: Context, { memberId }: { memberId: number }): Promise<void> {
  await once(ctx, async (tx) => {
    // Also on cards that have become one with this one.
    await tx.member.updateMany({
      where: { OR: [{ id: memberId }, { wallet: { mergedInto: memberId } }] },
      data: { birthday: null },
    });
  });
}
