import { checkCode, plainCode } from '../codes.ts';
import { actorId, type Context, type Statement } from '../context.ts';
import { Refusal } from '../refusal.ts';

/** A member as staff see them. `carried` is the part of a point that waits for the next purchase, in 1/`per`. */
export type FoundMember = {
  id: number;
  personId: number | null;
  code: string;
  name: string;
  balance: number;
  debt: number;
  carried: number;
  per: number;
  joinedAt: Date;
};

const columns = `
  SELECT m.id, m.person_id AS "personId", m.code, coalesce(p.name, m.external_ref, m.code) AS name, w.debt, m.joined_at AS "joinedAt",
    w.balance - coalesce((SELECT sum(l.remaining)::bigint FROM lot l WHERE l.member_id = m.id AND l.remaining > 0 AND l.expires_at <= $2), 0) AS balance,
    coalesce(c.numerator, 0) AS carried, coalesce(c.denominator, 1) AS per
  FROM member m JOIN wallet w ON w.member_id = m.id LEFT JOIN person p ON p.id = m.person_id LEFT JOIN carry c ON c.member_id = m.id AND c.rule = 'base'`;

const byCode: Statement = { name: 'member_by_code', text: `${columns} WHERE m.code = $1` };
const byUser: Statement = {
  name: 'member_by_user',
  text: `${columns} JOIN address a ON a.person_id = m.person_id WHERE a.user_id = $1 AND a.channel = $3`,
};

/** Wrong codes in a row before somebody has to wait, and how long (semantics: "five wrong tries, then a pause"). */
const triesAllowed = 5;
const pauseMs = 60_000;

const countTry: Statement = {
  name: 'attempt_count',
  text: `INSERT INTO attempt AS a (key, tries, until) VALUES ($1, 1, $3) ON CONFLICT (key) DO UPDATE
    SET tries = CASE WHEN a.until <= $2 THEN 1 ELSE a.tries + 1 END, until = $3`,
};
const triesOf: Statement = { name: 'attempt_read', text: 'SELECT tries, until FROM attempt WHERE key = $1 AND until > $2' };
const forget: Statement = { name: 'attempt_forget', text: 'DELETE FROM attempt WHERE key = $1' };

/** A code within whatever was scanned or typed: a card's link, its payload, the code with or without hyphens. */
const codeIn = (typed: string): string => plainCode(/c_([0-9A-Za-z]{9})\b/.exec(typed)?.[1] ?? typed);

/**
 * The member behind a code, a scanned card's link, or a mention (`@` and the messenger's user id). Refuses: `member.mistyped` (the check
 * character is wrong), `member.unknown`, `member.not_a_code`, `member.not_joined` (a mention), `member.too_many_tries` { seconds }.
 */
export async function findMember(ctx: Context, typed: string, channel: string): Promise<FoundMember> {
  const mention = /^@(\S+)$/.exec(typed.trim());
  if (mention) {
    const [member] = await ctx.db.run<FoundMember>(byUser, [mention[1], ctx.now, channel]);
    if (!member) throw new Refusal('member.not_joined');
    return member;
  }
  const code = codeIn(typed);
  const shape = checkCode(code);
  if (shape === 'other') throw new Refusal('member.not_a_code');
  const key = `code:${actorId(ctx.actor) ?? 'program'}`;
  const [wrong] = await ctx.db.run<{ tries: number; until: Date }>(triesOf, [key, ctx.now]);
  if (wrong && wrong.tries >= triesAllowed)
    throw new Refusal('member.too_many_tries', { count: Math.ceil((wrong.until.getTime() - ctx.now.getTime()) / 1000) });
  const [member] = shape === 'right' ? await ctx.db.run<FoundMember>(byCode, [code, ctx.now]) : [];
  if (!member) {
    await ctx.db.run(countTry, [key, ctx.now, new Date(ctx.now.getTime() + pauseMs)]);
    throw new Refusal(shape === 'mistyped' ? 'member.mistyped' : 'member.unknown');
  }
  if (wrong) await ctx.db.run(forget, [key]);
  return member;
}
