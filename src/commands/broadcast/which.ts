import type { Answers, Ask, Scene } from '../../chat/command.ts';
import type { Campaign, CampaignState } from '../../program/campaigns/campaign.ts';
import { campaignOf, campaignsOf } from '../../program/campaigns/campaigns.ts';
import { changedByOthers } from '../../program/campaigns/changed-by-others.ts';
import { actorId, type Context } from '../../program/context.ts';
import { Refusal } from '../../program/refusal.ts';
import { fieldsText } from './field-names.ts';
import { gentle } from './gentle.ts';

const shape = /^#?([1-9]\d{0,8})(?:\.(\d{1,9}))?$/;

/** How many are offered to choose from. */
const most = 8;

/** A broadcast and the version of it that somebody saw, as buttons carry it: `12.7`. */
export const seen = ({ id, version }: Pick<Campaign, 'id' | 'version'>): string => `${id}.${version}`;

/** What `seen` wrote. */
export function seenIn(answers: Answers): { id: number; version: number } {
  const [, id, version] = shape.exec(answers.which ?? '') ?? [];
  if (id === undefined || version === undefined) throw new Refusal('campaign.unknown');
  return { id: Number(id), version: Number(version) };
}

/**
 * A broadcast by its number, as it is now. What was pressed under an older view of it counts for the present one when nobody else has changed it
 * since. Refuses: `campaign.unknown`, `broadcast.changed` { name, at, fields }.
 */
async function readWhich(typed: string, ctx: Context, scene: Scene): Promise<string> {
  const [, id, version] = shape.exec(typed.trim()) ?? [];
  if (id === undefined) throw new Refusal('campaign.unknown');
  const campaign = await campaignOf(ctx.db, Number(id));
  if (campaign.kind !== 'broadcast') throw new Refusal('campaign.unknown');
  // What is on its way can't be changed: there is nothing to be told but that.
  const open = campaign.state === 'draft' || campaign.state === 'asked';
  if (open && version !== undefined && Number(version) !== campaign.version) {
    const other = await changedByOthers(ctx.db, { id: campaign.id, version: Number(version) }, actorId(ctx.actor));
    if (other) throw new Refusal('broadcast.changed', { ...other, fields: fieldsText(other.fields, scene) });
  }
  return seen(campaign);
}

/** Asks which broadcast is meant, of those in `states`. */
export const which = (...states: CampaignState[]): Ask =>
  gentle({
    name: 'which',
    // A form could not show what there is to choose from.
    field: () => undefined,
    read: (typed, ctx, scene) => readWhich(typed, ctx, scene),
    question: async (ctx, _answers, { say }, answer) => {
      const found = await campaignsOf(ctx.db, { ...(states.length > 0 ? { states } : {}), limit: most });
      if (found.length === 0) throw new Refusal('broadcast.none');
      return {
        body: say('broadcast:which'),
        buttons: [
          ...found.map((one) => [{ label: `${one.id}. ${one.name}`, does: answer(seen(one)) }]),
          [{ label: say('chat:cancel'), does: 'cancel' }],
        ],
        show: 'privately',
      };
    },
  });
