import type { Database, Statement } from '../context.ts';
import { Refusal } from '../refusal.ts';
import { type Progress, progressOf } from './progress.ts';
import { type Difference, type Sample, shares, welch } from './statistics.ts';

/** Of people who were written to, or were not: how many, how many bought something in the window, and what they spent there in all, in minor units. */
export type Arm = { people: number; buyers: number; turnoverMinor: number };

/** One wording: to how many it was planned and got, and how many followed. */
export type VariantFigures = {
  variant: string;
  planned: number;
  reached: number;
  claimed: number;
  pressed: number;
  answered: number;
};

/**
 * What the numbers say about money a head. `no_control`: nobody was held back, so nobody can say. `too_small`: too few people, or the difference may be chance.
 */
export type Verdict = 'more' | 'less' | 'too_small' | 'no_control';

/**
 * What came of a campaign. `until`: when the last one's window closes (ISO; null for a journey), `closed`: it has. `perHead` and `brought` (for all who were told) in minor units,
 * `bought`: the difference of the shares who bought, 0 to 1. `costMinor`: coupons used and points given at their worth; null when nobody can say what they are
 * worth. `paidMessages`: sent beyond the messenger's free limit.
 */
export type Report = {
  progress: Progress;
  until: string | null;
  closed: boolean;
  told: Arm;
  control: Arm | null;
  perHead: Difference | null;
  bought: Difference | null;
  brought: Difference | null;
  costMinor: number | null;
  pointsGiven: number;
  paidMessages: number;
  verdict: Verdict;
  variants: VariantFigures[];
};

/** Below so many people in one of two groups nothing is concluded. */
export const fewPeople = 30;

// Everybody who was to be told counts as told, whether it arrived or not ("intention to treat"): who can't be reached is another sort of customer, and the group held
// back has as many of them. Both are watched from the moment of planning, for as long. Of two cards that became one, what was bought counts once.
const sales: Statement = {
  name: 'campaign_sales',
  text: `
    WITH people AS (
      SELECT true AS told, d.member_id, d.period, d.created_at AS at FROM delivery d WHERE d.campaign_id = $1
      UNION ALL SELECT false, k.member_id, k.period, k.at FROM campaign_control k WHERE k.campaign_id = $1
    ), spent AS (
      SELECT p.told, p.at, (SELECT coalesce(sum(s.amount_minor - s.refunded_minor), 0) FROM sale s
        WHERE s.member_id = coalesce(w.merged_into, p.member_id) AND s.undone_at IS NULL AND s.at > p.at AND s.at <= least(p.at + make_interval(days => $2), $3)) AS minor
      FROM people p LEFT JOIN wallet w ON w.member_id = p.member_id
      WHERE w.merged_into IS NULL
        OR NOT EXISTS (SELECT 1 FROM delivery o WHERE o.member_id = w.merged_into AND o.campaign_id = $1 AND o.period = p.period)
    )
    SELECT told, count(*) AS people, count(*) FILTER (WHERE minor > 0) AS buyers, sum(minor)::bigint AS "turnoverMinor", avg(minor)::float8 AS mean,
      coalesce(var_samp(minor), 0)::float8 AS variance, max(at) AS last FROM spent GROUP BY told`,
};

type Row = Arm & { told: boolean; mean: number; variance: number; last: Date };

const variants: Statement = {
  name: 'campaign_variants',
  text: `
    SELECT v.variant, coalesce(d.planned, 0) AS planned, coalesce(d.reached, 0) AS reached, coalesce(r.claimed, 0) AS claimed, coalesce(r.pressed, 0) AS pressed,
      coalesce(r.answered, 0) AS answered
    FROM campaign c CROSS JOIN LATERAL jsonb_array_elements_text(c.variants) v (variant)
      LEFT JOIN (SELECT variant, count(*) AS planned, count(*) FILTER (WHERE state IN ('sent', 'unknown')) AS reached FROM delivery WHERE campaign_id = $1
        GROUP BY variant) d USING (variant)
      LEFT JOIN (SELECT variant, count(*) FILTER (WHERE kind = 'claimed') AS claimed, count(*) FILTER (WHERE kind = 'pressed') AS pressed,
        count(*) FILTER (WHERE kind = 'answered') AS answered FROM campaign_response WHERE campaign_id = $1 GROUP BY variant) r USING (variant)
    WHERE c.id = $1 ORDER BY v.variant`,
};

const armOf = ({ people, buyers, turnoverMinor }: Row): Arm => ({ people, buyers, turnoverMinor });
const sampleOf = ({ people, mean, variance }: Row): Sample => ({ count: people, mean, variance });

/** What a comparison allows to be said. Pure. */
export function verdictOf(told: Arm, control: Arm | null, perHead: Difference | null): Verdict {
  if (!control || control.people === 0) return 'no_control';
  if (!perHead || told.people < fewPeople || control.people < fewPeople) return 'too_small';
  if (perHead.low > 0) return 'more';
  return perHead.high < 0 ? 'less' : 'too_small';
}

const times = ({ value, low, high }: Difference, people: number): Difference => ({
  value: Math.round(value * people),
  low: Math.round(low * people),
  high: Math.round(high * people),
});

/** What came of a campaign, or of a journey so far; figures that were kept when the window closed are the final ones. Refuses: `campaign.unknown`. */
export async function reportOf(db: Database, id: number, now: Date): Promise<Report> {
  const campaign = await db.prisma.campaign.findUnique({ where: { id } });
  if (!campaign) throw new Refusal('campaign.unknown');
  if (campaign.result !== null) return campaign.result as unknown as Report;
  const [progress, rows, wordings] = await Promise.all([
    progressOf(db, id),
    db.run<Row>(sales, [id, campaign.windowDays, now]),
    db.run<VariantFigures>(variants, [id]),
  ]);
  const [told, control] = [rows.find((row) => row.told), rows.find((row) => !row.told)];
  const perHead = told && control ? welch(sampleOf(told), sampleOf(control)) : null;
  const people = told ? armOf(told) : { people: 0, buyers: 0, turnoverMinor: 0 };
  const last = Math.max(0, ...rows.map((row) => row.last.getTime()));
  const until = campaign.kind === 'journey' || last === 0 ? null : new Date(last + campaign.windowDays * 86_400_000);
  const points = Number(campaign.givenPoints);
  const taken = points > 0 ? progress.claimed : progress.used;
  return {
    progress,
    until: until?.toISOString() ?? null,
    closed: until !== null && until <= now,
    told: people,
    control: control ? armOf(control) : null,
    perHead,
    bought:
      told && control ? shares({ count: told.buyers, of: told.people }, { count: control.buyers, of: control.people }) : null,
    brought: perHead && times(perHead, people.people),
    costMinor: taken === 0 ? 0 : campaign.offerMinor === null ? null : taken * Number(campaign.offerMinor),
    pointsGiven: points,
    paidMessages: campaign.paid ? progress.sent + progress.uncertain : 0,
    verdict: verdictOf(people, control ? armOf(control) : null, perHead),
    variants: wordings,
  };
}
