import { Prisma } from '../../database/generated/client.ts';
import type { Context } from '../context.ts';
import { once } from '../once.ts';
import { Refusal } from '../refusal.ts';
import { requireOwner } from '../staff/require-owner.ts';
import { journeyNamed } from './index.ts';

/** Which message: of a journey by its key, to a member, for a period. */
export type Skipped = { key: string; memberId: number; period: string };

/**
 * Takes one message of a journey out before it goes, planned or only foreseen: it is noted as dropped (`skipped`) and never planned again for that period.
 * Refuses: `owner.only`, `journey.unknown`, `journey.gone` (it is on its way, or was skipped before).
 * @returns whom it was for, and when it would have gone
 */
export async function skipUpcoming(ctx: Context, { key, memberId, period }: Skipped): Promise<{ name: string }> {
  return once(ctx, async (tx) => {
    await requireOwner(tx, ctx);
    const campaign = await tx.campaign.findUnique({ where: { key }, select: { id: true } });
    const member = await tx.member.findUnique({ where: { id: memberId }, include: { person: { include: { addresses: true } } } });
    const address = member?.person?.addresses.toSorted((one, other) => other.usedAt.getTime() - one.usedAt.getTime())[0];
    if (!campaign || !member?.person || !address) throw new Refusal('journey.unknown');
    const dedupe = ['campaign', campaign.id, memberId, period].join(':');
    const skipped = await tx.$queryRaw<unknown[]>(Prisma.sql`
      INSERT INTO delivery AS d (notice, params, person_id, address_id, channel, dedupe, lane, state, result, not_before, created_at, campaign_id, member_id,
          variant, period, topic)
        SELECT 'campaign', '{}', ${member.person.id}::int, ${address.id}::int, ${address.channel}, ${dedupe}, c.lane, 'dropped', '{"code": "skipped"}',
          ${ctx.now}::timestamptz, ${ctx.now}::timestamptz, c.id, ${memberId}::int, 'a', ${period}, c.topic FROM campaign c WHERE c.id = ${campaign.id}::int
        ON CONFLICT (dedupe) DO UPDATE SET state = 'dropped', result = coalesce(d.result, '{}') || '{"code": "skipped"}', leased_by = NULL, lease_until = NULL
          WHERE d.state IN ('planned', 'retry') RETURNING 1`);
    if (skipped.length === 0) throw new Refusal('journey.gone');
    if (journeyNamed(key)?.ever)
      await tx.journeyEver.createMany({
        data: [{ campaignId: campaign.id, memberId, period, at: ctx.now }],
        skipDuplicates: true,
      });
    return { name: member.person.name };
  });
}
