import { Prisma } from '../../database/generated/client.ts';
import type { Context } from '../context.ts';
import { once } from '../once.ts';
import { Refusal } from '../refusal.ts';

/**
 * A number as it is kept: E.164, `+` and up to fifteen digits (ITU-T E.164). Undefined for what is none; without a country there is none.
 */
export function phoneIn(typed: string): string | undefined {
  const text = typed.normalize('NFKC').replace(/[\s().‐-―-]/g, '');
  const digits = /^(?:\+|00)([1-9]\d{6,14})$/.exec(text)?.[1];
  return digits === undefined ? undefined : `+${digits}`;
}

/** The number of a person, if they have shared one. */
export async function phoneOf(ctx: Pick<Context, 'db'>, personId: number): Promise<string | null> {
  const person = await ctx.db.prisma.person.findUnique({ where: { id: personId }, select: { phone: true } });
  return person?.phone ?? null;
}

/**
 * Keeps a number that the messenger has confirmed to be the person's own (messengers give it with or without the plus). Numbers change hands:
 * whoever confirmed it last has it, and who had it before has none. Refuses: `phone.unclear`.
 */
export async function sharePhone(
  ctx: Context,
  { personId, contact }: { personId: number; contact: string },
): Promise<{ phone: string }> {
  return once(ctx, async (tx) => {
    const phone = phoneIn(contact.trim().startsWith('+') ? contact : `+${contact}`);
    if (phone === undefined) throw new Refusal('phone.unclear');
    await tx.$executeRaw(Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended(${`phone:${phone}`}, 0))`);
    await tx.person.updateMany({ where: { phone, id: { not: personId } }, data: { phone: null, phoneAt: null } });
    await tx.person.update({ where: { id: personId }, data: { phone, phoneAt: ctx.now } });
    return { phone };
  });
}

/** Erases a person's number. */
export async function forgetPhone(ctx: Context, { personId }: { personId: number }): Promise<void> {
  await once(ctx, async (tx) => {
    await tx.person.update({ where: { id: personId }, data: { phone: null, phoneAt: null } });
  });
}
