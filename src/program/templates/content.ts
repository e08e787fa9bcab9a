import type { Offer } from '../campaigns/campaign.ts';
import { type CampaignButton, slotOf } from '../campaigns/campaign.ts';
import type { Database } from '../context.ts';
import { type StoredTexts, textsOf } from './stored-texts.ts';

/** Everything of a campaign that its message shows in one wording. `texts`: null while a journey speaks with the program's own words. */
export type CampaignContent = {
  id: number;
  /** Of a journey: which one. */
  key: string | null;
  topic: string;
  button: CampaignButton | null;
  offer: Offer | null;
  endsAt: Date | null;
  picture: Uint8Array | null;
  texts: StoredTexts | null;
};

// An owner who takes their words back leaves a version without any.
const written = (texts: StoredTexts | null): StoredTexts | null => (texts && Object.keys(texts.texts).length > 0 ? texts : null);

/** The content of a campaign in one wording, as it is now; undefined: there is no such campaign. */
export async function contentOf(db: Pick<Database, 'prisma'>, id: number, variant: string): Promise<CampaignContent | undefined> {
  const row = await db.prisma.campaign.findUnique({ where: { id }, include: { media: true } });
  if (!row) return undefined;
  // A broadcast that has started goes out with the words it started with.
  const version = (row.textVersions as Record<string, number> | null)?.[variant];
  const kind = row.kind === 'journey' ? 'journey' : 'broadcast';
  return {
    ...{ id, key: row.key, topic: row.topic, endsAt: row.endsAt },
    button: row.button as CampaignButton | null,
    offer: row.offer as Offer | null,
    picture: row.media?.bytes ?? null,
    texts: written(await textsOf(db, slotOf({ id, kind, key: row.key }, variant), version)),
  };
}
