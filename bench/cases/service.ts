import { type Case, interleave } from '../case.ts';
import { openBenchShop } from '../shop.ts';

const balances = 4_000;
const credits = 1_600;

export const balanceCase: Case = {
  name: 'balance',
  about: 'replies to "balance" per second (event, kernel, rendered reply), against a bare select of what the reply says',
  goal: 0.4,
  async run() {
    const shop = await openBenchShop();
    const { customers, pool } = shop;
    const someone = (index: number) => customers[index % customers.length]?.user ?? '';
    const text = `SELECT p.language, w.debt,
        w.balance - coalesce((SELECT sum(l.remaining)::bigint FROM lot l WHERE l.member_id = m.id AND l.remaining > 0 AND l.expires_at <= now()), 0) AS balance,
        (SELECT min(l.expires_at) FROM lot l WHERE l.member_id = m.id AND l.remaining > 0 AND l.expires_at > now()) AS ends
      FROM address a JOIN person p ON p.id = a.person_id JOIN member m ON m.person_id = p.id JOIN wallet w ON w.member_id = m.id
      WHERE a.channel = 'telegram' AND a.user_id = $1`;
    try {
      return await interleave({
        baseline: () => shop.rate(balances, (index) => pool.query({ name: 'bare', text, values: [someone(index)] })),
        ours: () => shop.rate(balances, (index) => shop.event(someone(index), 'balance')),
      });
    } finally {
      await shop.close();
    }
  },
};

export const creditCase: Case = {
  name: 'credit',
  about:
    'credits per second through the whole service path (press, kernel, ledger, rendered reply), against bare calls of ledger_credit',
  goal: 0.5,
  async run() {
    const shop = await openBenchShop();
    const { customers, staff, pool } = shop;
    const text = `SELECT ledger_credit($1, NULL, now(), NULL, $2, $3, 'EUR', NULL, NULL, NULL, now(), 1, 1, 100, true, NULL, true)`;
    const customer = (index: number) => customers[index % customers.length];
    try {
      return await interleave({
        baseline: (round) =>
          shop.rate(credits, (index) =>
            pool.query({ name: 'bare', text, values: [`bare:${round}:${index}`, customer(index)?.id, 1_250 + index] }),
          ),
        async ours(round) {
          // The questions are asked beforehand, each in a chat of its own: what is measured is the press that credits.
          const presses: [string, string, string][] = [];
          for (let index = 0; index < credits; index += 1) {
            const [user, chat] = [staff[index % staff.length] ?? '', `group${round}-${index}`];
            const view = await shop.event(user, `credit ${customer(index)?.code} ${12 + index}.50`, chat);
            const button = view.buttons?.[0]?.[0];
            presses.push([user, button && 'does' in button ? button.does : '', chat]);
          }
          return shop.rate(credits, (index) => shop.event(...(presses[index] ?? ['', '', ''])));
        },
      });
    } finally {
      await shop.close();
    }
  },
};
