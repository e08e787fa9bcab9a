import { afterAll, expect, it } from 'vitest';
import { plainText } from '../../src/chat/view.ts';
import { plainRules } from '../../src/program/rules/rules.ts';
import { publishRules } from '../../src/program/settings/change.ts';
import { contextOf } from '../support/ledger.ts';
import { codeOn, does, openShop } from '../support/talk.ts';

const { db, shop, ben, olga } = await openShop();
afterAll(() => db.close());

it('is chosen from the reports, and says what was given and that it is too early to judge', async () => {
  const rules = {
    ...plainRules(100),
    bonuses: [{ id: 'happy', priority: 1, stack: true, points: 4, when: { minimumMinor: 2000 } }],
    discounts: [{ id: 'second', kind: 'nth' as const, every: 2, percent: 1000 }],
    pay: { points: 100, worthMinor: 500, sharePercent: 10_000, earnOn: 'paid' as const },
    shops: [{ id: 'old-town', name: 'Old Town' }],
  };
  await publishRules(contextOf(db, shop.clock.now), { rules, startsAt: shop.clock.now });
  const anna = shop.person('anna', 'Anna');
  await anna.says('join');
  const code = codeOn(await anna.says('card'));
  for (const amount of ['10', '10', '30']) await ben.presses(await ben.says(`credit ${code} ${amount}`), /^Give/);

  const list = await olga.says('report');
  const report = await olga.says(does(list, 'Discounts or points?'));
  expect(report.title).toBe('Discounts or points? · 30 days');
  expect(report.body).toBe('Too early to compare: there are fewer than 30 purchases with a discount, and with bonus points.');
  expect(plainText(report)).toMatch(
    /With a discount: 1 purchase, €9\.00\nDiscounts: €1\.00\n11\.11% of the turnover\nNobody has had the time to come back yet\nWith bonus points: 1 purchase, €30\.00\nBonuses: 4 points\nworth €0\.20\n0\.67% of the turnover\n/,
  );
  expect(plainText(await olga.presses(report, '365 days'))).toMatch(/365 days[\s\S]*With neither: 1 purchase, €10\.00/);
  expect((await olga.says('report mechanics 90 old town')).title).toBe('Discounts or points? · 90 days · Old Town');
  expect((await olga.says('report mechanics 31')).body).toMatch(/30, 90 or 365/);
  expect((await ben.says('report mechanics')).body).toMatch(/Only an owner/);
});
