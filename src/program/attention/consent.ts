import type { Context } from '../context.ts';
import { once, type Tx } from '../once.ts';
import { type Topic, topics } from './topics.ts';

/** What a person can agree to, or refuse: marketing as a whole, or one kind of messages. */
export type ConsentKind = 'marketing' | Topic;

type Given = { kind: ConsentKind; granted: boolean };
type Now = { marketing: boolean; muted: readonly string[] };

/** Kinds that need an agreement; the others come unless they are muted. */
const marketingTopics = topics.filter((topic) => topic !== 'reminders');

/** An agreement to marketing counts for what was not muted; when everything was, it counts for everything, or it would mean nothing. */
function marketingAnswers(granted: boolean, { muted }: Now): Given[] {
  const silent = granted && marketingTopics.every((topic) => muted.includes(topic));
  return [{ kind: 'marketing', granted }, ...(silent ? marketingTopics.map((kind) => ({ kind, granted })) : [])];
}

/** Who wants one kind after having wanted none agreed to that kind alone; who wants none of them any more has withdrawn. */
function topicAnswers(kind: Topic, granted: boolean, { marketing, muted }: Now): Given[] {
  const own: Given = { kind, granted };
  if (kind === 'reminders') return [own];
  const others = marketingTopics.filter((topic) => topic !== kind && !muted.includes(topic));
  if (granted && !marketing)
    return [own, { kind: 'marketing', granted }, ...others.map((other) => ({ kind: other, granted: false }))];
  if (!granted && marketing && others.length === 0) return [own, { kind: 'marketing', granted }];
  return [own];
}

async function nowOf(tx: Tx, personId: number): Promise<Now> {
  const [row] = await tx.$queryRaw<Now[]>`SELECT marketing, muted FROM person WHERE id = ${personId} FOR NO KEY UPDATE`;
  if (!row) throw new Error(`there is no person ${personId}`);
  return row;
}

/**
 * Notes what somebody agrees to or refuses, with the wording they were shown and the time. Append-only: the latest answer for each kind
 * counts (`person.marketing` and `person.muted` say it). What follows from it for other kinds stands beside it under the same wording.
 */
export async function answerConsent(
  ctx: Context,
  { personId, kind, granted, wording }: { personId: number; kind: ConsentKind; granted: boolean; wording: string },
): Promise<void> {
  await once(ctx, async (tx) => {
    const now = await nowOf(tx, personId);
    const answers = kind === 'marketing' ? marketingAnswers(granted, now) : topicAnswers(kind, granted, now);
    await tx.consent.createMany({ data: answers.map((answer) => ({ ...answer, personId, wording, at: ctx.now })) });
  });
}

/** The latest answer about marketing as a whole; undefined when never asked. */
export async function consentOf(ctx: Pick<Context, 'db'>, personId: number): Promise<{ granted: boolean; at: Date } | undefined> {
  const row = await ctx.db.prisma.consent.findFirst({
    where: { personId, kind: 'marketing' },
    orderBy: { id: 'desc' },
  });
  return row ? { granted: row.granted, at: row.at } : undefined;
}
