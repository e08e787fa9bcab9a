import { tierOf } from '../tiers/tier-of.ts';
import { journeyNamed } from './index.ts';
import type { Journey, JourneyMoment } from './journey.ts';
import { meantBy } from './meant-by.ts';
import { valuesOf } from './plan-journeys.ts';

/** A planned message of a journey. `params`: what it was to say when it was planned. */
export type Planned = { key: string; memberId: number; period: string; params: Readonly<Record<string, unknown>> };

// A morning may have moved to tomorrow since (a visit in between): it is still the same message.
const aheadMs = 26 * 3_600_000;

async function dueNow(journey: Journey, moment: JourneyMoment, { memberId, period }: Planned): Promise<Planned['params'] | null> {
  const values = await valuesOf(journey, moment, new Date(moment.now.getTime() + aheadMs));
  if (!journey.due || !values) return null;
  const text = `SELECT d.said FROM (${journey.due.sql((column) => `${column} = $${values.length + 1}::int`)}) d WHERE d.period = $${values.length + 2}::text`;
  const [row] = await moment.db.run<{ said: Planned['params'] }>({ name: `journey_now_${journey.key}`, text }, [
    ...values,
    memberId,
    period,
  ]);
  return row?.said ?? null;
}

/** Where a verb found the moment, nobody has asked yet whom the owner means. */
async function isMeant(moment: JourneyMoment, { key, memberId }: Planned): Promise<boolean> {
  const { prisma } = moment.db;
  const campaign = await prisma.campaign.findUnique({ where: { key }, select: { segment: true } });
  if (!campaign || campaign.segment === '') return true;
  const meant = await meantBy(campaign.segment, moment, 2);
  if (!meant) return false;
  const found = await prisma.$queryRawUnsafe<unknown[]>(
    `SELECT 1 WHERE $1::int IN (${meant.members})`,
    memberId,
    ...meant.values,
  );
  return found.length > 0;
}

async function tierNow(moment: JourneyMoment, planned: Planned): Promise<Planned['params'] | null> {
  if (!(await isMeant(moment, planned))) return null;
  const { rules, timeZone, ...ctx } = moment;
  const { memberId, params } = planned;
  const facts = await tierOf(ctx, memberId, rules, timeZone);
  if (facts?.manual) return params;
  if (!facts?.keep || !facts.tier || facts.keep.missing <= 0 || facts.tier.id !== params['tier']) return null;
  const { missing, until, below } = facts.keep;
  return {
    tier: facts.tier.id,
    ...(below ? { next: below.id } : {}),
    [facts.by === 'money' ? 'missingMinor' : 'missing']: missing,
    until: until.toISOString(),
  };
}

/**
 * What a planned message of a journey says as things are at `now`: points may have been spent since, a coupon used, somebody has come back. Null: there is
 * nothing to say any more. See `paramValues` of templates for the names.
 */
export async function saidNow(moment: JourneyMoment, planned: Planned): Promise<Planned['params'] | null> {
  const journey = journeyNamed(planned.key);
  if (!journey) return null;
  return journey.due ? dueNow(journey, moment, planned) : tierNow(moment, planned);
}
