import { shownCode } from '../codes.ts';
import type { Database, Statement } from '../context.ts';
import { shownCouponCode } from '../rewards/coupon.ts';
import type { Rules, Texts } from '../rules/rules.ts';
import { programOf } from '../settings/program.ts';
import type { CampaignContent } from './content.ts';
import type { Value, Values } from './variables.ts';

/** What is read about a reader when their message is written. `stamp` changes whenever the campaign's content does; null: no such campaign. */
export type Reader = {
  name: string;
  code: string | null;
  points: number;
  /** A level's id. */
  tier: string | null;
  rules: Rules;
  stamp: string | null;
};

type Row = Omit<Reader, 'rules'> & { program: number };

// Points that have ended and still wait for the job are nobody's. A card that went into another speaks for that one.
const reader: Statement = {
  name: 'message_reader',
  text: `
    SELECT coalesce(p.name, '') AS name, m.code, s.tier,
      coalesce(w.balance, 0) - coalesce((SELECT sum(l.remaining) FROM lot l WHERE l.member_id = m.id AND l.remaining > 0 AND l.expires_at <= $4), 0)::bigint AS points,
      (SELECT v.id FROM program_version v WHERE v.starts_at <= $4 AND v.withdrawn_at IS NULL ORDER BY v.starts_at DESC, v.id DESC LIMIT 1) AS program,
      (SELECT md5(row(c.topic, c.button, c.offer, c.ends_at, c.picture, c.text_versions,
          (SELECT max(t.version) FROM message_text t
            WHERE t.slot = CASE c.kind WHEN 'journey' THEN 'journey:' || c.key ELSE 'campaign:' || c.id || ':' || $3 END))::text)
        FROM campaign c WHERE c.id = $2) AS stamp
    FROM (SELECT coalesce((SELECT merged_into FROM wallet WHERE member_id = $1), $1, (SELECT id FROM member WHERE person_id = $5)) AS id) one
      LEFT JOIN member m ON m.id = one.id LEFT JOIN wallet w ON w.member_id = m.id LEFT JOIN standing s ON s.member_id = m.id
      LEFT JOIN person p ON p.id = coalesce(m.person_id, $5)`,
};

/**
 * Reads a reader and the state of a campaign's content in one round trip. Without a member it is the person (an owner who tries a message on
 * themselves), with their own card when they have one.
 */
export async function readerOf(
  db: Database,
  who: { memberId: number | null; personId: number; campaignId: number; variant: string; now: Date },
): Promise<Reader> {
  const [row] = await db.run<Row>(reader, [who.memberId, who.campaignId, who.variant, who.now, who.personId]);
  if (!row) throw new Error('a reader without a row');
  const { program, ...found } = row;
  return { ...found, rules: (await programOf(db, program)).rules };
}

/** What a journey's delivery says of its own (`delivery.params`), by the names of variables: see `paramValues`. */
export type MessageParams = Readonly<Record<string, unknown>>;

const inLanguage = (texts: Texts, language: string): string => texts[language] ?? texts['en'] ?? Object.values(texts)[0] ?? '';

function rewardName(reward: unknown, rules: Rules, language: string): string {
  if (typeof reward === 'object' && reward !== null) return inLanguage(reward as Texts, language);
  const found = rules.rewards.find(({ id }) => id === reward);
  return found ? inLanguage(found.name, language) : '';
}

const tierName = (tier: unknown, rules: Rules): string => rules.tiers?.levels.find(({ id }) => id === tier)?.name ?? '';

const text = (value: string): Value => ({ kind: 'text', value });

/** How each parameter of a journey's delivery is read; `missingMinor` is `missing` where levels are reached by money. */
const readers: Readonly<Record<string, (given: unknown, rules: Rules, language: string) => Record<string, Value>>> = {
  points: (given) => ({ points: { kind: 'points', value: Number(given) } }),
  missing: (given) => ({ missing: { kind: 'points', value: Number(given) } }),
  missingMinor: (given) => ({ missing: { kind: 'money', value: Number(given) } }),
  days: (given) => ({ days: { kind: 'days', value: Number(given) } }),
  years: (given) => ({ years: { kind: 'years', value: Number(given) } }),
  until: (given) => ({ until: { kind: 'date', value: String(given) } }),
  date: (given) => ({ date: { kind: 'date', value: String(given) } }),
  reward: (given, rules, language) => ({ reward: text(rewardName(given, rules, language)) }),
  coupon: (given) => ({ coupon: text(shownCouponCode(String(given))) }),
  tier: (given, rules) => ({ tier: text(tierName(given, rules)) }),
  next: (given, rules) => ({ next: text(tierName(given, rules)) }),
  renews: (given) => ({ renews: text(given === true ? 'yes' : '') }),
};

/**
 * The values that a journey's delivery brings: `points`, `missing`, `days`, `years` (whole numbers), `missingMinor`, `until`, `date` (ISO),
 * `reward` (its id, or its name by language), `coupon` (its code), `tier`, `next` (ids of levels), `renews` (true or false). Anything else is no
 * variable.
 */
function paramValues(params: MessageParams, rules: Rules, language: string): Values {
  const found = Object.entries(params).flatMap(([name, given]) =>
    given === null || given === undefined ? [] : Object.entries(readers[name]?.(given, rules, language) ?? {}),
  );
  return Object.fromEntries(found);
}

/** What a claim gives, as a value to be said in a language. */
export function offerValue({ offer }: Pick<CampaignContent, 'offer'>, rules: Rules, language: string): Value {
  if (offer?.kind === 'points') return { kind: 'points', value: offer.points };
  return text(offer ? rewardName(offer.reward, rules, language) : '');
}

/** Everything a message can say to a reader in a language. `shop`: its name. */
export function valuesFor(
  { name, code, points, tier, rules }: Reader,
  content: Pick<CampaignContent, 'offer' | 'endsAt'>,
  { params, language, shop }: { params: MessageParams; language: string; shop: string },
): Values {
  return {
    name: text(name),
    shop: text(shop),
    points: { kind: 'points', value: points },
    tier: text(tierName(tier, rules)),
    code: text(code === null ? '' : shownCode(code)),
    offer: offerValue(content, rules, language),
    ...(content.endsAt ? { until: { kind: 'date', value: content.endsAt.toISOString() } as const } : {}),
    ...paramValues(params, rules, language),
  };
}
