import { codeHash, plainCode } from '../codes.ts';
import type { Context, Statement } from '../context.ts';
import { originOf } from '../origin.ts';
import { Refusal } from '../refusal.ts';
import type { Rules } from '../rules/rules.ts';
import type { Newcomer } from './join.ts';
import { mergeTerms } from './merge-terms.ts';
import { guarded } from './tries.ts';

/** Whose code it is, before it is used. `card` is null when they have none (somebody who works here). */
export type LinkOffer = { kind: 'link' | 'claim'; name: string; card: { code: string; balance: number } | null };

/** Two who are one now. `mergeId`: two cards became one, and `points` came to the one that is kept. */
export type Linked = {
  personId: number;
  kind: 'link' | 'claim';
  memberId: number | null;
  code: string | null;
  balance: number | null;
  debt: number | null;
  name: string;
  mergeId: number | null;
  points: number | null;
};

const offer: Statement = {
  name: 'link_offer',
  text: `SELECT k.kind, p.name, m.code, w.balance - coalesce((SELECT sum(l.remaining)::bigint FROM lot l
        WHERE l.member_id = m.id AND l.remaining > 0 AND l.expires_at <= $2), 0) AS balance
    FROM link_code k JOIN person p ON p.id = k.person_id LEFT JOIN member m ON m.person_id = p.id LEFT JOIN wallet w ON w.member_id = m.id
    WHERE k.code_hash = $1 AND k.revoked_at IS NULL AND (k.used_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $2) OR k.used_key = $3)`,
};
const use: Statement = { name: 'link_use', text: 'SELECT link_use($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS result' };

/** The code within what was typed or scanned. */
export const linkCodeIn = (typed: string): string => plainCode(/\bk_([0-9A-Za-z]+)\b/.exec(typed)?.[1] ?? typed);

/** Five wrong codes an hour for each chat; there is one answer for a code that is wrong, used, too old or taken back. */
const limits = { allowed: 5, pauseMs: 3_600_000, code: 'link.too_many_tries' };

/** What a code would do here. Refuses: `link.unknown`, `link.too_many_tries` { count } minutes. */
export async function linkOffer(ctx: Context, typed: string, at: Pick<Newcomer, 'channel' | 'user'>): Promise<LinkOffer> {
  type Row = { kind: 'link' | 'claim'; name: string; code: string | null; balance: number | null };
  const hash = codeHash(linkCodeIn(typed));
  const found = await guarded(ctx, { key: `link:${at.channel}:${at.user}`, ...limits }, async () => {
    const [row] = await ctx.db.run<Row>(offer, [hash, ctx.now, ctx.key.id]);
    return row;
  });
  if (!found) throw new Refusal('link.unknown');
  const { kind, name, code, balance } = found;
  return { kind, name, card: code === null ? null : { code, balance: balance ?? 0 } };
}

/**
 * Uses a code from another messenger or from a paper card, in one transaction: from now on this chat and whoever the code is of are one person, with one
 * card. Of two cards that one goes on which made the code, or which takes the paper over; both codes find it. Used once, also when two try at the
 * same instant; with the same key: the first result. The chat where the code was made is told. Refuses: `link.unknown`, `link.too_many_tries`,
 * `link.same`, `link.both_staff`, `link.works_here` (who works here makes the code here), `member.merged`.
 */
export async function useLink(ctx: Context, typed: string, who: Newcomer, rules: Rules, timeZone: string): Promise<Linked> {
  await linkOffer(ctx, typed, who);
  const [row] = await ctx.db.run<{ result: Linked }>(use, [
    ctx.key.id,
    originOf(ctx.key),
    ctx.now,
    who.channel,
    who.user,
    who.chat,
    who.name,
    who.language,
    codeHash(linkCodeIn(typed)),
    mergeTerms(ctx, rules, timeZone),
  ]);
  if (!row) throw new Error('link_use returned nothing');
  return row.result;
}
