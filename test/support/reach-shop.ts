import { answerConsent } from '../../src/program/attention/consent.ts';
import { plainRules } from '../../src/program/rules/rules.ts';
import { publishRules } from '../../src/program/settings/change.ts';
import { contextOf } from './ledger.ts';
import { openShop } from './talk.ts';

const rewards = [
  {
    id: 'coffee',
    name: { en: 'Free coffee', fi: 'Ilmainen kahvi' },
    kind: 'item' as const,
    item: 'coffee',
    cost: 50,
    validDays: 30,
  },
];

/**
 * A shop with two owners, Olga and Otto, and five members who want to hear of offers (two of them read Finnish). Above 50 coupons a second owner is asked.
 * Close `db` at the end.
 */
export async function openReachShop() {
  const { db, shop, olga } = await openShop();
  const ctx = contextOf(db, shop.clock.now);
  const rules = { ...plainRules(100), rewards, contact: { approveAbove: { coupons: 50 } } };
  await publishRules(ctx, { rules, startsAt: shop.clock.now });
  for (const [name, language] of Object.entries({ anna: 'en', bea: 'fi', cleo: 'fi', dora: 'en', elsa: 'en' })) {
    await shop.person(name, name, language).says('join');
    const { personId } = await db.prisma.address.findFirstOrThrow({ where: { user: name } });
    await answerConsent(contextOf(db, shop.clock.now), { personId, kind: 'marketing', granted: true, wording: 'Offers?' });
  }
  const otto = shop.person('otto', 'Otto');
  const invitation = await olga.says('team invite owner');
  await otto.says(`/start ${/start=(inv_\w+)/.exec(invitation.body ?? '')?.[1]}`);
  return { db, shop, olga, otto };
}
