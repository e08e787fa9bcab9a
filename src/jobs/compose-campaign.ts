import type { View } from '../chat/view.ts';
import type { Say } from '../chat/words.ts';
import { campaignView, voiceOf } from '../notices/campaign.ts';
import type { Database } from '../program/context.ts';
import type { Claimed } from '../program/deliveries/claim.ts';
import { saidNow } from '../program/journeys/said-now.ts';
import type { Rules } from '../program/rules/rules.ts';
import { type CampaignContent, contentOf } from '../program/templates/content.ts';
import { readerOf } from '../program/templates/member-values.ts';
import { writeMessage } from '../program/templates/message.ts';

export type CampaignTools = {
  db: Database;
  /** Program time. */
  clock: () => Date;
  shop: { name: string; language: string; timeZone: string };
  /** The words of a language; null: the shop's own. */
  wordsFor(language: string | null): Say;
  /** Where a link of a delivery is followed and counted at once; absent: by a press that asks for it. */
  linkFor?(delivery: number): string | undefined;
};

// Per database, since tests have many: the last contents by campaign and wording, each as of its stamp.
const contents = new WeakMap<Database, Map<string, { stamp: string; content: CampaignContent }>>();
const kept = 30;

/** A campaign's content, read anew only when it has changed: a picture and its words are the same for thousands. */
async function keptContent(db: Database, id: number, variant: string, stamp: string): Promise<CampaignContent | undefined> {
  const known = contents.get(db) ?? new Map<string, { stamp: string; content: CampaignContent }>();
  contents.set(db, known);
  const name = `${id}:${variant}`;
  const before = known.get(name);
  if (before?.stamp === stamp) return before.content;
  const content = await contentOf(db, id, variant);
  if (known.size >= kept) known.clear();
  if (content) known.set(name, { stamp, content });
  return content;
}

/** Of which campaign a delivery is, and in which language a test of it is to be seen. */
function subjectOf(row: Claimed): { id: number; variant: string; language: string | null; test: boolean } {
  if (row.notice === 'campaign')
    return { id: row.campaignId ?? 0, variant: row.variant ?? 'a', language: row.language, test: false };
  const { campaign, variant, language } = row.params;
  return {
    id: Number(campaign),
    variant: typeof variant === 'string' ? variant : 'a',
    language: typeof language === 'string' ? language : row.language,
    test: true,
  };
}

/** Whether a delivery is a message of a campaign: sent to somebody it is for, or to an owner who tries it. */
export const isOfCampaign = ({ notice }: Pick<Claimed, 'notice'>): boolean => notice === 'campaign' || notice === 'campaign-test';

/** What a journey has to say now, which need not be what it had when it was planned. */
const journeyParams = (key: string, { memberId, period, params }: Claimed, rules: Rules, { db, clock, shop }: CampaignTools) =>
  saidNow({ db, now: clock(), timeZone: shop.timeZone, rules }, { key, memberId: memberId ?? 0, period: period ?? '', params });

/**
 * The message of a campaign as it is now for the person of a delivery, in one round trip to the database while the content stays the same.
 * @returns undefined when the campaign has no words, or a journey nothing to say any more
 */
export async function composeCampaign(row: Claimed, tools: CampaignTools): Promise<View | undefined> {
  const { db, clock, shop, wordsFor } = tools;
  const { id, variant, language: wanted, test } = subjectOf(row);
  const reader = await readerOf(db, { memberId: row.memberId, personId: row.personId, campaignId: id, variant, now: clock() });
  const content = reader.stamp === null ? undefined : await keptContent(db, id, variant, reader.stamp);
  if (!content) return undefined;
  const params = test || content.key === null ? row.params : await journeyParams(content.key, row, reader.rules, tools);
  if (!params) return undefined;
  const link = content.button?.kind !== 'link' ? undefined : test ? content.button.url : tools.linkFor?.(row.id);
  const voice = voiceOf(wordsFor);
  const written = writeMessage(content, { reader, language: wanted, shop, params, link, voice });
  return written && campaignView({ delivery: row.id, ...written, ...(test ? { test: true as const } : {}) }, wordsFor(wanted));
}
