import { codeHash, randomCode } from '../codes.ts';
import { actorId, type Context } from '../context.ts';
import { once, type Tx } from '../once.ts';
import { Refusal } from '../refusal.ts';

/** How long a code for another messenger is good for. */
const linkLifeMs = 10 * 60_000;

/** A code in readable groups of four: `K7Q2-9XMP`. */
export const shownLinkCode = (code: string): string => code.match(/.{1,4}/g)?.join('-') ?? code;

/**
 * A one-time code by which another messenger becomes this person's too, good for ten minutes; the codes they had before are no longer good. Only
 * its hash is kept, so it can't be shown again. `from`: the chat where it is asked for, which is told when the code is used.
 */
export async function makeLinkCode(
  ctx: Context,
  { personId, from }: { personId: number; from: { channel: string; user: string } },
): Promise<{ code: string; expiresAt: string }> {
  return once(ctx, async (tx) => {
    const address = await tx.address.findUniqueOrThrow({ where: { channel_user: { channel: from.channel, user: from.user } } });
    await revoke(tx, ctx, personId, 'link');
    const code = randomCode(8);
    const expiresAt = new Date(ctx.now.getTime() + linkLifeMs);
    const made = { codeHash: codeHash(code), kind: 'link', personId, addressId: address.id, actorId: personId };
    await tx.linkCode.create({ data: { ...made, createdAt: ctx.now, expiresAt } });
    return { code, expiresAt: expiresAt.toISOString() };
  });
}

const revoke = (tx: Tx, { now }: Context, personId: number, kind: 'link' | 'claim') =>
  tx.linkCode.updateMany({ where: { personId, kind, usedAt: null, revokedAt: null }, data: { revokedAt: now } });

/** A new code for the paper card of a person without a chat, in the caller's transaction; a code printed before is no longer good. */
export async function claimCodeFor(tx: Tx, ctx: Context, personId: number): Promise<string> {
  await revoke(tx, ctx, personId, 'claim');
  const code = randomCode(12);
  await tx.linkCode.create({
    data: { codeHash: codeHash(code), kind: 'claim', personId, actorId: actorId(ctx.actor), createdAt: ctx.now },
  });
  return code;
}

/** Whether a card has no chat yet, so that one can take it over. */
export async function isPaper(ctx: Pick<Context, 'db'>, personId: number | null): Promise<boolean> {
  return personId === null || (await ctx.db.prisma.address.count({ where: { personId } })) === 0;
}

/**
 * A code by which a chat takes over the card of a member without one: on paper, or imported. A code printed before is no longer good. Refuses:
 * `staff.only`, `member.unknown`, `enrol.has_chat`.
 */
export async function makeClaimCode(
  ctx: Context,
  { memberId }: { memberId: number },
): Promise<{ code: string; claim: string; name: string }> {
  return once(ctx, async (tx) => {
    const me = actorId(ctx.actor);
    if (me === null || !(await tx.staff.findUnique({ where: { personId: me } }))) throw new Refusal('staff.only');
    // Two at once: the second sees the person that the first has made.
    await tx.$executeRaw`SELECT 1 FROM member WHERE id = ${memberId} FOR UPDATE`;
    const member = await tx.member.findUnique({ where: { id: memberId }, include: { person: { include: { addresses: true } } } });
    if (!member) throw new Refusal('member.unknown');
    if (member.person && member.person.addresses.length > 0) throw new Refusal('enrol.has_chat', { name: member.person.name });
    const name = member.person?.name ?? member.externalRef ?? member.code;
    let { personId } = member;
    if (personId === null) {
      ({ id: personId } = await tx.person.create({ data: { name, createdAt: ctx.now } }));
      await tx.member.update({ where: { id: memberId }, data: { personId } });
    }
    return { code: member.code, claim: await claimCodeFor(tx, ctx, personId), name };
  });
}
