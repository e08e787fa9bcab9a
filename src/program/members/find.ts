import { checkCode, codeHash, plainCode } from '../codes.ts';
import { actorId, type Context, type Statement } from '../context.ts';
import { Refusal } from '../refusal.ts';
import { phoneIn } from './phone.ts';

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

// A card that went into another one stands for that one: who shows it, is served by it.
const columns = `
  SELECT m.id, m.person_id AS "personId", m.code, coalesce(p.name, m.external_ref, m.code) AS name, w.debt, m.joined_at AS "joinedAt",
    w.balance - coalesce((SELECT sum(l.remaining)::bigint FROM lot l WHERE l.member_id = m.id AND l.remaining > 0 AND l.expires_at <= $2), 0) AS balance,
    coalesce(c.numerator, 0) AS carried, coalesce(c.denominator, 1) AS per
  FROM member asked JOIN wallet was ON was.member_id = asked.id JOIN member m ON m.id = coalesce(was.merged_into, asked.id)
    JOIN wallet w ON w.member_id = m.id LEFT JOIN person p ON p.id = m.person_id LEFT JOIN carry c ON c.member_id = m.id AND c.rule = 'base'`;

const byCode: Statement = { name: 'member_by_code', text: `${columns} WHERE asked.code = $1` };
const byPhone: Statement = {
  name: 'member_by_phone',
  text: `${columns} WHERE asked.person_id = (SELECT id FROM person WHERE phone = $1)`,
};
const byClaim: Statement = {
  name: 'member_by_claim',
  text: `${columns} WHERE asked.id = (SELECT coalesce((k.result ->> 'memberId')::int, (SELECT id FROM member WHERE person_id = k.person_id))
    FROM link_code k WHERE k.code_hash = $1 AND k.kind = 'claim')`,
};
const byUser: Statement = {
  name: 'member_by_user',
  text: `${columns} JOIN address a ON a.person_id = asked.person_id WHERE a.user_id = $1 AND a.channel = $3`,
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

/** What was typed or scanned, as what looks it up; `wrong` is what is said when nothing is found. */
function lookupOf(typed: string): { statement?: Statement; value?: unknown; wrong: string } {
  const phone = phoneIn(typed);
  if (phone !== undefined) return { statement: byPhone, value: phone, wrong: 'member.phone_unknown' };
  const claim = /\bk_([0-9A-Za-z]{12})\b/.exec(typed)?.[1];
  if (claim !== undefined) return { statement: byClaim, value: codeHash(plainCode(claim)), wrong: 'member.unknown' };
  const code = codeIn(typed);
  const shape = checkCode(code);
  if (shape === 'other') throw new Refusal('member.not_a_code');
  return shape === 'right' ? { statement: byCode, value: code, wrong: 'member.unknown' } : { wrong: 'member.mistyped' };
}

/**
 * The member behind a code, a scanned card's link, a phone number that they shared (with its country: `+359…`), or a mention (`@` and the
 * messenger's user id). A card that went into another one finds that one. Refuses: `member.mistyped` (the check character is wrong),
 * `member.unknown`, `member.phone_unknown`, `member.not_a_code`, `member.not_joined` (a mention), `member.too_many_tries` { count } seconds.
 */
export async function findMember(ctx: Context, typed: string, channel: string): Promise<FoundMember> {
  const mention = /^@(\S+)$/.exec(typed.trim());
  if (mention) {
    const [member] = await ctx.db.run<FoundMember>(byUser, [mention[1], ctx.now, channel]);
    if (!member) throw new Refusal('member.not_joined');
    return member;
  }
  const { statement, value, wrong } = lookupOf(typed);
  const key = `code:${actorId(ctx.actor) ?? 'program'}`;
  const [tried] = await ctx.db.run<{ tries: number; until: Date }>(triesOf, [key, ctx.now]);
  if (tried && tried.tries >= triesAllowed)
    throw new Refusal('member.too_many_tries', { count: Math.ceil((tried.until.getTime() - ctx.now.getTime()) / 1000) });
  const [member] = statement ? await ctx.db.run<FoundMember>(statement, [value, ctx.now]) : [];
  if (!member) {
    await ctx.db.run(countTry, [key, ctx.now, new Date(ctx.now.getTime() + pauseMs)]);
    throw new Refusal(wrong);
  }
  if (tried) await ctx.db.run(forget, [key]);
  return member;
}
