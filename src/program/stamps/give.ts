import { actorId, type Context, type Statement } from '../context.ts';
import { originOf } from '../origin.ts';
import { Refusal } from '../refusal.ts';
import type { Program } from '../rules/rules.ts';
import { cardTerms } from './stamp-terms.ts';

/** How many stamps a member of staff gives at once, at most. */
export const stampsAtOnce = 5;

/** How long who gave stamps by themselves may take them back; afterwards an owner can. */
const undoWindowMinutes = 10;

/**
 * Stamps given or taken back (`stamps` below zero): the card has `count` of `of` after it. `coupons`: codes of what a full card gave, or of what
 * was taken back with the stamps. `name` is the member's. `of` is 0 when the program has the card no longer.
 */
export type Stamped = {
  id: number;
  memberId: number;
  name: string;
  card: string;
  stamps: number;
  count: number;
  of: number;
  coupons: string[];
};

const give: Statement = {
  name: 'stamp_hand',
  text: 'SELECT stamp_hand($1, $2, $3, $4, (SELECT coalesce(w.merged_into, m.id) FROM member m JOIN wallet w ON w.member_id = m.id WHERE m.code = $5), $6, $7) AS result',
};
const undo: Statement = {
  name: 'stamp_undo',
  text: 'SELECT stamp_undo($1, $2, $3, $4, $5, make_interval(mins => $6), $7) AS result',
};

/** Who acts when, as the database's functions take it. */
const act = (ctx: Context): unknown[] => [ctx.key.id, originOf(ctx.key), ctx.now, actorId(ctx.actor)];

/**
 * Gives a member (by code) stamps without a purchase, 1 to `stampsAtOnce`. A card that is full gives its coupon in the same transaction. With the same key
 * and the same request: the first result again. Refuses: `stamps.none` (no such card), `stamps.too_many` { count }, `stamps.self`, `member.unknown`,
 * `staff.only`, `ledger.key_reused`.
 */
export async function giveStamps(
  ctx: Context,
  { member, card: id, stamps }: { member: string; card: string; stamps: number },
  { rules }: Program,
  timeZone: string,
): Promise<Stamped> {
  const card = rules.stamps.find((one) => one.id === id);
  if (!card) throw new Refusal('stamps.none');
  const terms = JSON.stringify(cardTerms(card, rules, ctx.now, timeZone));
  const [row] = await ctx.db.run<{ result: Stamped }>(give, [...act(ctx), member, stamps, terms]);
  if (!row) throw new Error('stamp_hand returned nothing');
  return row.result;
}

/**
 * Takes back stamps that were given without a purchase, and the coupon that came of them unless it was used. Refuses: `stamps.unknown`,
 * `stamps.already_undone` { at }, `stamps.undo_too_late` { count: minutes }, `stamps.undo_not_yours`, `staff.only`, `ledger.key_reused`.
 */
export async function undoStamps(ctx: Context, stampId: number, { rules }: Program): Promise<Stamped> {
  const cards = Object.fromEntries(rules.stamps.map(({ id, name, of }) => [id, { name, of }]));
  const [row] = await ctx.db.run<{ result: Stamped }>(undo, [...act(ctx), stampId, undoWindowMinutes, JSON.stringify(cards)]);
  if (!row) throw new Error('stamp_undo returned nothing');
  return row.result;
}
