import { actorId, type Context, type Statement } from '../context.ts';
import { originOf } from '../origin.ts';
import type { Rules } from '../rules/rules.ts';
import { mergeTerms } from './merge-terms.ts';

type Side = { code: string; name: string; balance: number };

/** Two cards that became one: `points` came to the card that is kept; `back` of them went back when they parted again, else null. */
export type Merge = { mergeId: number; at: string; points: number; back: number | null; kept: Side; merged: Side };

const join: Statement = { name: 'members_merge', text: 'SELECT members_merge($1, $2, $3, $4, $5, $6, $7) AS result' };
const part: Statement = { name: 'members_part', text: 'SELECT members_part($1, $2, $3, $4, $5, $6) AS result' };
const standing: Statement = {
  name: 'merges_of',
  text: `SELECT merge_json(m) AS merge FROM member_merge m JOIN member g ON g.id = m.merged_id JOIN member k ON k.id = m.kept_id
    WHERE m.undone_at IS NULL AND (g.code = $1 OR k.code = $1) ORDER BY g.code = $1 DESC, m.id DESC LIMIT 5`,
};
const one: Statement = { name: 'merge_by_id', text: 'SELECT merge_json(m) AS merge FROM member_merge m WHERE m.id = $1' };

async function told(ctx: Context, statement: Statement, values: unknown[]): Promise<Merge> {
  const [row] = await ctx.db.run<{ result: Merge }>(statement, [
    ctx.key.id,
    originOf(ctx.key),
    ctx.now,
    actorId(ctx.actor),
    ...values,
  ]);
  if (!row) throw new Error(`${statement.name} returned nothing`);
  return row.result;
}

/**
 * Makes one card of two, for an owner who knows that they are one person's: points with their ends, debt, carried remainders, purchases, waiting points,
 * stamps, coupons and chats go to the card that has a chat, else to the first. The other's code finds it from then on. Refuses: `owner.only`,
 * `merge.same`, `merge.staff`, `member.merged`, `ledger.too_many_points`, `ledger.key_reused`.
 */
export const mergeMembers = (
  ctx: Context,
  { one, other }: { one: number; other: number },
  rules: Rules,
  timeZone: string,
): Promise<Merge> => told(ctx, join, [one, other, mergeTerms(ctx, rules, timeZone)]);

/**
 * Parts two cards again: what is left of what came goes back, and what was spent or bought meanwhile stays with the card that was kept. Refuses:
 * `owner.only`, `merge.unknown`, `merge.parted` { at }, `merge.further` { code }, `ledger.key_reused`.
 */
export const partMembers = (ctx: Context, { mergeId }: { mergeId: number }, rules: Rules, timeZone: string): Promise<Merge> =>
  told(ctx, part, [mergeId, mergeTerms(ctx, rules, timeZone)]);

/** The merges that stand and have to do with the card of this code (as it is kept), the one that closed it first. */
export async function mergesOf(ctx: Pick<Context, 'db'>, code: string): Promise<Merge[]> {
  return (await ctx.db.run<{ merge: Merge }>(standing, [code])).map(({ merge }) => merge);
}

/** A merge by its number, if there is one. */
export async function mergeById(ctx: Pick<Context, 'db'>, mergeId: number): Promise<Merge | undefined> {
  const [row] = await ctx.db.run<{ merge: Merge }>(one, [mergeId]);
  return row?.merge;
}
