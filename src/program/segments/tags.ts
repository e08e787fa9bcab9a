import { actorId, type Context, type Database } from '../context.ts';
import { once, type Tx } from '../once.ts';
import { Refusal } from '../refusal.ts';

/** More than that is a diary, not a tag. */
const tagsCeiling = 20;

const tagShape = /^[^\s:()<>=",“”„«»-][^\s:()<>=",“”„«»]{0,31}$/u;

/** A tag as it is kept: one word in lower case, a `#` before it is no harm. Refuses: `tag.word`. */
export function tagWord(typed: string): string {
  const word = typed.normalize('NFKC').trim().replace(/^#/, '').toLowerCase();
  if (!tagShape.test(word)) throw new Refusal('tag.word');
  return word;
}

/** The words on a member, as of now. */
export async function tagsOf({ prisma }: { prisma: Pick<Tx, 'memberTag'> }, memberId: number): Promise<string[]> {
  const rows = await prisma.memberTag.findMany({ where: { memberId }, orderBy: { tag: 'asc' }, select: { tag: true } });
  return rows.map(({ tag }) => tag);
}

/** The words that are used most, for buttons. Counted among so many rows at most. */
export async function usualTags({ prisma }: Pick<Database, 'prisma'>, limit: number): Promise<string[]> {
  const rows = await prisma.$queryRaw<{ tag: string }[]>`
    SELECT tag FROM (SELECT tag FROM member_tag LIMIT 20000) t GROUP BY tag ORDER BY count(*) DESC, tag LIMIT ${limit}`;
  return rows.map(({ tag }) => tag);
}

/**
 * Puts a word on a member, or takes it off (`on` false); done already, nothing changes. Staff do it. With the same key: the first result. Returns the words that are
 * on them now. Refuses: `staff.only`, `tag.word`, `tag.too_many` { max }.
 */
export async function tagMember(ctx: Context, input: { memberId: number; word: string; on: boolean }): Promise<string[]> {
  const { memberId, on } = input;
  return once(ctx, async (tx) => {
    const me = actorId(ctx.actor);
    if (me === null || !(await tx.staff.findUnique({ where: { personId: me } }))) throw new Refusal('staff.only');
    const tag = tagWord(input.word);
    if (on) await tx.memberTag.createMany({ data: [{ memberId, tag, at: ctx.now, actorId: me }], skipDuplicates: true });
    else await tx.memberTag.deleteMany({ where: { memberId, tag } });
    const tags = await tagsOf({ prisma: tx }, memberId);
    if (tags.length > tagsCeiling) throw new Refusal('tag.too_many', { max: tagsCeiling });
    return tags;
  });
}
