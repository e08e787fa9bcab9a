import { randomUUID } from 'node:crypto';
import type { OpenDatabase } from '../../../src/database/client.ts';
import type { Campaign } from '../../../src/program/campaigns/campaign.ts';
import { campaignOf } from '../../../src/program/campaigns/campaigns.ts';
import { changeDraft, changeTexts, createDraft, type DraftPatch } from '../../../src/program/campaigns/draft.ts';
import { planCampaigns } from '../../../src/program/campaigns/plan-campaigns.ts';
import { startCampaign } from '../../../src/program/campaigns/start.ts';
import type { Actor, Context } from '../../../src/program/context.ts';
import { plainRules, type Rules } from '../../../src/program/rules/rules.ts';
import { freshDatabase } from '../../support/database.ts';
import { asOwner, contextOf, newPerson, published } from '../../support/ledger.ts';
import { mug } from '../../support/rewards.ts';

export const at = (day: string, clock = '12:00'): Date => new Date(`2026-03-${day}T${clock}:00Z`);

const going = new AbortController().signal;

/** What the chat would send: a claim button with the reward it gives. */
export const mugOffer: DraftPatch = { offer: { kind: 'reward', reward: 'mug' }, button: { kind: 'claim' } };

/** A shop with an owner, its rules, and as many members with a chat who agreed to offers as are asked for. */
export async function openStage(more: Partial<Rules> = {}) {
  const db: OpenDatabase & { url: string } = await freshDatabase({ max: 12 });
  await published(db, { ...plainRules(100), welcome: 0, rewards: [mug({ cost: 0, stock: 1_000 })], ...more });
  const owner = await newPerson(db, 'owner');
  const as = (who: Actor, now = at('02'), key: string = randomUUID()): Context => contextOf(db, now, { actor: who, key });
  const ctx = (now = at('02'), key: string = randomUUID()): Context => as(owner.actor, now, key);

  const stage = {
    db,
    owner,
    as,
    ctx,
    plan: (now: Date, timeZone = 'UTC') => planCampaigns({ db, now, timeZone, stopping: going }),
    campaign: (id: number) => campaignOf(db, id),
    /** So many members; `agreed` to offers unless told otherwise. Returns their ids. */
    async members(count: number, { agreed = true, zone = null as string | null, language = 'en' } = {}): Promise<number[]> {
      return asOwner(db.url, async (client) => {
        const { rows } = await client.query<{ id: number }>(
          `WITH people AS (
            INSERT INTO person (name, language, created_at, marketing, time_zone) SELECT 'm', $2, $5, $3, $4 FROM generate_series(1, $1::int) RETURNING id
          ), reached AS (
            INSERT INTO address (person_id, channel, user_id, chat_id, used_at) SELECT id, 'telegram', 'u' || id, 'u' || id, $5 FROM people
          ), made AS (
            INSERT INTO member (person_id, code, joined_at) SELECT id, lpad(id::text, 9, '0'), $5 FROM people RETURNING id
          ), wallets AS (INSERT INTO wallet (member_id, head) SELECT id, '' FROM made)
          SELECT id FROM made ORDER BY id`,
          [count, language, agreed, zone, at('01')],
        );
        return rows.map(({ id }) => id);
      });
    },
    /** A draft with words in every variant, changed as asked. */
    async draft(patch: DraftPatch = {}, now = at('02')): Promise<Campaign> {
      let draft = await createDraft(ctx(now), { name: 'Spring' });
      if (Object.keys(patch).length > 0)
        draft = await changeDraft(ctx(now), { id: draft.id, version: draft.version, patch }, 'UTC');
      for (const variant of draft.variants) {
        const texts = { texts: { en: { body: `Hello {name}, ${variant}` } }, fallback: 'en' };
        draft = await changeTexts(ctx(now), { id: draft.id, version: draft.version, variant, texts });
      }
      return draft;
    },
    async start({ id, version }: Campaign, now = at('02'), timeZone = 'UTC'): Promise<Campaign> {
      return startCampaign(ctx(now), { id, version, large: true }, timeZone);
    },
    /** Drafted, started and planned. */
    async broadcast(patch: DraftPatch = {}, now = at('02'), timeZone = 'UTC'): Promise<number> {
      const { id } = await stage.start(await stage.draft(patch, now), now, timeZone);
      await stage.plan(now, timeZone);
      return id;
    },
    rows: (id: number) => db.prisma.delivery.findMany({ where: { campaignId: id }, orderBy: { id: 'asc' } }),
    held: async (id: number) =>
      (await db.prisma.campaignControl.findMany({ where: { campaignId: id } })).map(({ memberId }) => memberId),
    /** Everything that waits has arrived. */
    async sent(id: number): Promise<void> {
      await db.prisma.delivery.updateMany({ where: { campaignId: id, state: 'planned' }, data: { state: 'sent', attempt: 1 } });
    },
    close: () => db.close(),
  };
  return stage;
}
