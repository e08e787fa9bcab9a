import type { Context, Statement } from '../context.ts';
import { originOf } from '../origin.ts';
import type { CampaignButton } from './campaign.ts';

/** What is kept: the campaign's button, the answer that counts (its place in the list, or the number on the scale), and whether this was the first. */
export type Noted = { campaign: number; button: CampaignButton; answer: number | null; first: boolean };

const statement: Statement = { name: 'offer_respond', text: 'SELECT offer_respond($1, $2, $3, $4, $5, $6, $7) AS result' };

/**
 * Notes that somebody opened the link of a message (`pressed`) or answered its question, once for each: the first answer counts, as it was given before anybody
 * could see what others say. `memberId` null: by a link that only the receiver has. Refuses: `offer.unknown`, `offer.not_yours`, `offer.no_answer`, and of an
 * answer `offer.over` { at }.
 */
export async function noteResponse(
  ctx: Context,
  {
    delivery,
    memberId,
    kind,
    answer = null,
  }: { delivery: number; memberId: number | null; kind: 'pressed' | 'answered'; answer?: number | null },
): Promise<Noted> {
  const [row] = await ctx.db.run<{ result: Noted }>(statement, [
    ctx.key.id,
    originOf(ctx.key),
    ctx.now,
    memberId,
    delivery,
    kind,
    answer,
  ]);
  if (!row) throw new Error('offer_respond returned nothing');
  return row.result;
}
