import { actorId, type Context, type Statement } from '../context.ts';
import { originOf } from '../origin.ts';
import { Refusal } from '../refusal.ts';

/** Who is to be erased: somebody with a chat, or the owner of a card. */
export type Whom = { personId: number | null } | { memberId: number };

/** What goes with somebody: points (those that wait with them), points owed, coupons that could still be used. */
export type Losses = { points: number; debt: number; coupons: number };

/** Done. `own`: by themselves. */
export type Erased = Losses & { at: string; own: boolean };

const lossesOf: Statement = {
  name: 'erase_losses',
  text: `SELECT coalesce(sum(w.balance), 0)::bigint + coalesce(sum((SELECT sum(p."left") FROM pending p WHERE p.member_id = m.id AND p.released_at IS NULL)), 0)::bigint AS points,
      coalesce(sum(w.debt), 0)::bigint AS debt, coalesce(sum((SELECT count(*) FROM coupon c WHERE c.member_id = m.id
        AND num_nonnulls(c.used_at, c.cancelled_at, c.expired_at) = 0 AND c.expires_at > $3)), 0)::bigint AS coupons
    FROM member m JOIN wallet w ON w.member_id = m.id WHERE m.person_id = $1 OR m.id = $2`,
};

const cards: Statement = {
  name: 'erase_cards',
  text: `SELECT x.code FROM member m JOIN member x ON x.id = ANY (cards_of(people_of(m.person_id), m.id)) WHERE m.person_id = $1 OR m.id = $2`,
};

const erase: Statement = { name: 'person_erase', text: 'SELECT person_erase($1, $2, $3, $4, $5, $6, $7) AS result' };

const ids = (whom: Whom): [personId: number | null, memberId: number | null] =>
  'memberId' in whom ? [null, whom.memberId] : [whom.personId, null];

/** What somebody would lose now. */
export async function lossesBy(ctx: Pick<Context, 'db' | 'now'>, whom: Whom): Promise<Losses> {
  const [found] = await ctx.db.run<Losses>(lossesOf, [...ids(whom), ctx.now]);
  return found ?? { points: 0, debt: 0, coupons: 0 };
}

/** Who works here leaves the team first. Refuses: `erase.works_here`, `erase.last_owner`. */
export async function holdNoRole({ db }: Pick<Context, 'db'>, personId: number | null): Promise<void> {
  const staff = personId === null ? null : await db.prisma.staff.findUnique({ where: { personId }, select: { role: true } });
  if (!staff) return;
  const owners = await db.prisma.staff.count({ where: { role: 'owner' } });
  throw new Refusal(staff.role === 'owner' && owners === 1 ? 'erase.last_owner' : 'erase.works_here');
}

/** Whether somebody was erased under this key before. */
export const wasErased = async ({ db, key }: Pick<Context, 'db' | 'key'>): Promise<boolean> =>
  (await db.prisma.erasure.count({ where: { key: key.id } })) > 0;

/**
 * Erases a person for good: who they are goes everywhere, what is on their card leaves it by an entry, and the books stay as those of a number
 * (docs/adr/0027-forgetting.md). By themselves, or by an owner on their demand. `pictureHash`: what the picture of a card with this code is kept under. With the same
 * key: the first result, also for who asks again and isn't known any more. Refuses: `member.unknown`, `owner.only`, `erase.works_here`,
 * `erase.last_owner`, `erase.pressed`.
 */
export async function erasePerson(ctx: Context, whom: Whom, pictureHash: (code: string) => string): Promise<Erased> {
  const codes = await ctx.db.run<{ code: string }>(cards, ids(whom));
  const [row] = await ctx.db.run<{
    result: Losses & { coupon_points: number; at: string; person_id: number; actor_id: number | null };
  }>(erase, [
    ctx.key.id,
    originOf(ctx.key),
    ctx.now,
    actorId(ctx.actor),
    ...ids(whom),
    codes.map(({ code }) => pictureHash(code)),
  ]);
  if (!row) throw new Error('person_erase returned nothing');
  const { points, coupon_points: forCoupons, debt, coupons, at, person_id: personId, actor_id: actor } = row.result;
  return { points: points - forCoupons, debt, coupons, at, own: personId === actor };
}

/** Where somebody who is to be erased has something of ours standing all the time. */
export type Standing = { channel: string; user: string; chat: string };

const standing: Statement = {
  name: 'erase_standing',
  text: `SELECT a.channel, a.user_id AS "user", a.chat_id AS chat FROM address a
    WHERE a.dead_at IS NULL AND (a.person_id = $1 OR a.person_id = (SELECT m.person_id FROM member m WHERE m.code = $2))`,
};

/** The chats of somebody, by person or by the code of their card. */
export const standingOf = (
  { db }: Pick<Context, 'db'>,
  { personId, code }: { personId: number | null; code: string | null },
): Promise<Standing[]> => db.run(standing, [personId, code]);
