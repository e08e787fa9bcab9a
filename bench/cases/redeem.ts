import { saleTerms } from '../../src/program/pricing/sale-terms.ts';
import { couponTerms, redeemHolds } from '../../src/program/rewards/terms.ts';
import { plainRules, type Reward } from '../../src/program/rules/rules.ts';
import { type Case, interleave } from '../case.ts';
import { openBenchShop } from '../shop.ts';

const lots = 10;
const perLot = 10;
/** Redeems of every customer in a round. */
const times = 2;

const reward: Reward = {
  id: 'mug',
  name: { en: 'A mug' },
  cost: lots * perLot,
  validDays: 30,
  perMember: 1_000_000,
  kind: 'item',
  item: 'mug',
};
const rules = { ...plainRules(100), rewards: [reward] };

export const redeemCase: Case = {
  name: 'redeem',
  about: `redeems per second, each over ${lots} lots (bare calls of reward_redeem), against bare calls of ledger_credit`,
  goal: 0.5,
  async run() {
    const shop = await openBenchShop();
    const { customers, pool } = shop;
    const now = new Date();
    const count = customers.length * times;
    const someone = (index: number) => customers[index % customers.length]?.id;
    const terms = JSON.stringify(couponTerms(reward, now, rules, 'UTC'));
    const holds = JSON.stringify(redeemHolds(reward, { agreed: reward.cost, closes: null }, rules, 'UTC'));
    const bill = (amountMinor: number) => ({ amountMinor, at: now, items: [], shop: null });
    const sale = (amountMinor: number): string =>
      JSON.stringify({
        ...saleTerms({ version: 1, rules }, bill(amountMinor), null, 'UTC'),
        currency: 'EUR',
        at: now,
        notify: true,
      });
    const give = `SELECT points_give(m, 'grant', $4, concat_ws(':', 'lot', $2::int, m, n), '', NULL, NULL, $3,
      jsonb_build_object('expiresAt', $3::timestamptz + make_interval(days => n)), '{}') FROM unnest($1::int[]) m, generate_series(1, $5::int) n`;
    const credit = 'SELECT ledger_credit($1, NULL, $2, NULL, $3, $4)';
    const redeem = `SELECT reward_redeem($1, NULL, $2, NULL, $3, '${reward.id}', $4, $5)`;
    try {
      return await interleave({
        async baseline(round) {
          await pool.query(give, [customers.map(({ id }) => id), round, now, perLot, lots * times]);
          return shop.rate(count, (index) =>
            pool.query({
              name: 'credit',
              text: credit,
              values: [`c:${round}:${index}`, now, someone(index), sale(1_250 + index)],
            }),
          );
        },
        ours: (round) =>
          shop.rate(count, (index) =>
            pool.query({ name: 'redeem', text: redeem, values: [`r:${round}:${index}`, now, someone(index), terms, holds] }),
          ),
      });
    } finally {
      await shop.close();
    }
  },
};
