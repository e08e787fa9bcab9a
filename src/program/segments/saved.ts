import { actorId, type Context } from '../context.ts';
import { once, type Tx } from '../once.ts';
import { Refusal } from '../refusal.ts';
import type { Rules } from '../rules/rules.ts';
import { requireOwner } from '../staff/require-owner.ts';
import { parseSegment } from './parse.ts';
import { pressed } from './press.ts';
import { inlined, knownNow, namesIn, type SegmentRows, savedTexts } from './resolve.ts';
import { segmentText } from './text.ts';

/** A rule under a name that every feature knows it by (`segment:<name>`). */
export type Saved = { id: number; name: string; text: string };

/** Every saved segment costs a count when the list is shown. */
const savedCeiling = 20;

// How the names of segments stand in rules, in lists and in buttons of 64 bytes.
const nameShape = /^\p{L}[\p{L}\p{M}\p{N} _-]{0,23}$/u;

/** Saved segments, by name. */
export const savedSegments = ({ prisma }: SegmentRows): Promise<Saved[]> =>
  prisma.segment.findMany({ where: { removedAt: null }, orderBy: { name: 'asc' }, select: { id: true, name: true, text: true } });

/** A saved segment by its number or its name, however it is written. Refuses: `segment.unknown_segment` { name }. */
export async function savedNamed({ prisma }: SegmentRows, typed: string): Promise<Saved> {
  const said = nameOf(typed);
  const which = /^\d{1,9}$/.test(said) ? { id: Number(said) } : { name: { equals: said, mode: 'insensitive' as const } };
  const found = await prisma.segment.findFirst({
    where: { removedAt: null, ...which },
    select: { id: true, name: true, text: true },
  });
  if (!found) throw new Refusal('segment.unknown_segment', { name: said });
  return found;
}

const nameOf = (typed: string): string => typed.normalize('NFKC').trim().replace(/\s+/g, ' ');

/** A name for a segment as it will be kept. Refuses: `segment.name`. */
export function segmentName(typed: string): string {
  const name = nameOf(typed);
  if (!nameShape.test(name)) throw new Refusal('segment.name');
  return name;
}

// One at a time: two that name each other would both be right alone.
async function alone(tx: Tx, ctx: Context): Promise<void> {
  await requireOwner(tx, ctx);
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('segment'))`;
}

async function free(tx: Tx, name: string, but = 0): Promise<void> {
  const taken = await tx.segment.findFirst({
    where: { removedAt: null, id: { not: but }, name: { equals: name, mode: 'insensitive' } },
  });
  if (taken) throw new Refusal('segment.name_taken', { name: taken.name });
}

/**
 * A new name for a rule; without a rule it is made step by step (`changeSegment`), and until then nobody can use it. With the same key: the first result. Refuses:
 * `owner.only`, `segment.name`, `segment.name_taken` { name }, `segment.too_many` { max }, `segment.empty` { name }, and what `parseSegment` refuses.
 */
export async function newSegment(ctx: Context, input: { name: string; text: string }, rules: Rules): Promise<Saved> {
  return once(ctx, async (tx) => {
    await alone(tx, ctx);
    const name = segmentName(input.name);
    await free(tx, name);
    const saved = await savedTexts({ prisma: tx });
    if (saved.size >= savedCeiling) throw new Refusal('segment.too_many', { max: savedCeiling });
    const tree = parseSegment(input.text, await knownNow({ prisma: tx }, rules));
    inlined(tree, saved);
    const text = segmentText(tree);
    const row = await tx.segment.create({
      data: { name, text, actorId: actorId(ctx.actor), createdAt: ctx.now, updatedAt: ctx.now },
    });
    return { id: row.id, name: row.name, text: row.text };
  });
}

/**
 * Changes the rule of a saved segment, wherever it is used: by what a button stands for, or to what was typed (see `pressed`). `asked`: a list of values that the
 * press opens instead. With the same key: the first result. Refuses: `owner.only`, `segment.unknown_segment` { name }, `segment.circle` { name }, and what
 * `pressed` refuses.
 */
export async function changeSegment(
  ctx: Context,
  { id, typed }: { id: number; typed: string },
  rules: Rules,
): Promise<Saved & { asked?: string }> {
  return once(ctx, async (tx) => {
    await alone(tx, ctx);
    const found = await savedNamed({ prisma: tx }, String(id));
    const { text, asked } = await pressed({ prisma: tx }, found.text, typed, rules);
    inlined(parseSegment(text), await savedTexts({ prisma: tx }), [found.name.toLowerCase()]);
    if (text === '' && found.text !== '') await unused(tx, found.name);
    if (text !== found.text)
      await tx.segment.update({ where: { id: found.id }, data: { text, updatedAt: ctx.now, actorId: actorId(ctx.actor) } });
    return { ...found, text, ...(asked === undefined ? {} : { asked }) };
  });
}

// Rules are texts, so whoever names a segment must not lose it.
async function unused(tx: Tx, name: string): Promise<void> {
  const saved = await tx.segment.findMany({ where: { removedAt: null } });
  const open = await tx.campaign.findMany({ where: { state: { notIn: ['stopped', 'done'] }, segment: { not: '' } } });
  const users = [...saved, ...open.map((row) => ({ name: row.name, text: row.segment }))];
  const by = users.find(({ text }) => namesIn(parseSegment(text)).includes(name.toLowerCase()));
  if (by) throw new Refusal('segment.in_use', { name, by: by.name });
}

/** Takes a saved segment away. With the same key: the first result. Refuses: `owner.only`, `segment.unknown_segment` { name }, `segment.in_use` { name, by }. */
export async function removeSegment(ctx: Context, { name }: { name: string }): Promise<Saved> {
  return once(ctx, async (tx) => {
    await alone(tx, ctx);
    const found = await savedNamed({ prisma: tx }, name);
    await unused(tx, found.name);
    await tx.segment.update({
      where: { id: found.id },
      data: { removedAt: ctx.now, updatedAt: ctx.now, actorId: actorId(ctx.actor) },
    });
    return found;
  });
}

/**
 * Gives a saved segment another name. With the same key: the first result. Refuses: `owner.only`, `segment.name`, `segment.unknown_segment` { name },
 * `segment.name_taken` { name }, `segment.in_use` { name, by }.
 */
export async function renameSegment(ctx: Context, { name, to }: { name: string; to: string }): Promise<Saved> {
  return once(ctx, async (tx) => {
    await alone(tx, ctx);
    const found = await savedNamed({ prisma: tx }, name);
    const wanted = segmentName(to);
    await free(tx, wanted, found.id);
    await unused(tx, found.name);
    const row = await tx.segment.update({
      where: { id: found.id },
      data: { name: wanted, updatedAt: ctx.now, actorId: actorId(ctx.actor) },
    });
    return { id: row.id, name: row.name, text: row.text };
  });
}
