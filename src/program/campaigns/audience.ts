import { createHash } from 'node:crypto';
import type { Database } from '../context.ts';
import type { Campaign } from './campaign.ts';
import type { Moment } from './campaigns.ts';
import { consents, latestAddress, peopleOf } from './people.ts';

/**
 * Whom a campaign would reach now. `members` are meant, `of` all there are; `consented` agreed to hear of this, `reachable` can also be written to; by language (null:
 * none chosen, the shop's) and by messenger these.
 */
export type Audience = {
  members: number;
  of: number;
  consented: number;
  reachable: number;
  byLanguage: { language: string | null; members: number }[];
  byChannel: { channel: string; members: number }[];
};

type Group = { language: string | null; channel: string | null; members: number; consented: number };

/** Counts whom a campaign means and can reach. Refuses what is wrong with its segment (`segment.*`). */
export async function audienceOf(db: Database, campaign: Pick<Campaign, 'segment' | 'topic'>, moment: Moment): Promise<Audience> {
  const { from, where, values } = await peopleOf(db, campaign, moment, 2);
  const text = `
    SELECT p.language, CASE WHEN ${consents('$1')} THEN a.channel END AS channel, count(*)::int AS members,
      count(*) FILTER (WHERE ${consents('$1')})::int AS consented
    FROM ${from} LEFT JOIN ${latestAddress} a ON ${consents('$1')} WHERE ${where} GROUP BY 1, 2`;
  const name = `campaign_audience_${createHash('sha256').update(text).digest('base64url').slice(0, 16)}`;
  const all = { name: 'members_open', text: 'SELECT count(*)::int AS count FROM member_fact WHERE open' };
  const [groups, [open]] = await Promise.all([
    db.run<Group>({ name, text }, [campaign.topic, ...values]),
    db.run<{ count: number }>(all, []),
  ]);
  const sum = (of: (group: Group) => number): number => groups.reduce((total, group) => total + of(group), 0);
  const reached = groups.filter(({ channel }) => channel !== null);
  return {
    members: sum(({ members }) => members),
    of: open?.count ?? 0,
    consented: sum(({ consented }) => consented),
    reachable: reached.reduce((total, { members }) => total + members, 0),
    byLanguage: grouped(reached, ({ language }) => language).map(([language, members]) => ({ language, members })),
    byChannel: grouped(reached, ({ channel }) => channel ?? '').map(([channel, members]) => ({ channel, members })),
  };
}

/** Members by something, the most first. */
function grouped<Name>(groups: readonly Group[], by: (group: Group) => Name): [Name, number][] {
  const counts = new Map<Name, number>();
  for (const group of groups) counts.set(by(group), (counts.get(by(group)) ?? 0) + group.members);
  return [...counts].toSorted(([, one], [, other]) => other - one);
}
