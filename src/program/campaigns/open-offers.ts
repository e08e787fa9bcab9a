import type { Database, Statement } from '../context.ts';
import type { Texts } from '../rules/rules.ts';
import type { Offer } from './campaign.ts';

/** Something a member can claim now. `name`: the reward's, by language; null for points. `kind`, `key`, `name`: where its words stand (`slotOf`). */
export type OpenOffer = {
  delivery: number;
  campaign: number;
  kind: 'broadcast' | 'journey';
  key: string | null;
  variant: string;
  /** What the delivery of a journey says of its own. */
  params: Readonly<Record<string, unknown>>;
  offer: Offer;
  reward: Texts | null;
  endsAt: Date | null;
  sentAt: Date;
};

const statement: Statement = {
  name: 'offers_open',
  text: `
    SELECT d.id AS delivery, c.id AS campaign, c.kind, c.key, d.variant, d.params, c.offer, c.ends_at AS "endsAt", d.not_before AS "sentAt",
      reward_at(c.offer ->> 'reward', CASE WHEN c.kind = 'broadcast' THEN c.started_at ELSE $2 END) -> 'name' AS reward
    FROM delivery d JOIN campaign c ON c.id = d.campaign_id
    WHERE d.member_id IN (SELECT $1::int UNION ALL SELECT w.member_id FROM wallet w WHERE w.merged_into = $1)
      AND d.campaign_id IS NOT NULL AND d.state IN ('sent', 'unknown') AND c.offer IS NOT NULL
      AND c.state IN ('running', 'paused', 'done') AND coalesce(c.ends_at > $2, true)
      AND offer_fits(c, coalesce((c.offer ->> 'points')::bigint, 0), coalesce(c.offer_minor, 0))
      AND (response_of(c.id, $1, d.period, 'claimed')).id IS NULL
    ORDER BY c.ends_at, d.id DESC LIMIT $3`,
};

/** What a member was offered and has not claimed, what ends first at the top. Offers whose budget is used up, or that are over, are not among them. */
export async function openOffers(db: Database, memberId: number, now: Date, limit = 20): Promise<OpenOffer[]> {
  return db.run<OpenOffer>(statement, [memberId, now, limit]);
}
