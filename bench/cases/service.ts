import { type Case, interleave } from '../case.ts';
import { openBenchShop } from '../shop.ts';

const balances = 4_000;

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
    const text = 'SELECT ledger_credit($1, NULL, now(), NULL, $2, $3)';
    const sale = (amountMinor: number): string =>
      JSON.stringify({
        amountMinor,
        currency: 'EUR',
        version: 1,
        rule: 'base',
        value: String(amountMinor),
        per: '100',
        carry: true,
        expiry: { expiresAt: null },
        notify: true,
      });
    const customer = (index: number) => customers[index % customers.length];
    // Each press needs its question, asked beforehand and not measured; both sides are measured after it.
    const asked: [user: string, does: string][] = [];
    const ask = async (): Promise<void> => {
      asked.length = 0;
      for (const [index, user] of staff.entries()) {
        const view = await shop.event(user, `credit ${customer(index)?.code} ${12 + index}.50`);
        const button = view.buttons?.[0]?.[0];
        asked.push([user, button && 'does' in button ? button.does : '']);
      }
    };
    try {
      return await interleave({
        async baseline(round) {
          await ask();
          return shop.rate(staff.length, (index) =>
            pool.query({ name: 'bare', text, values: [`bare:${round}:${index}`, customer(index)?.id, sale(1_250 + index)] }),
          );
        },
        ours: () => shop.rate(staff.length, (index) => shop.event(...(asked[index] ?? ['', '']))),
      });
    } finally {
      await shop.close();
    }
  },
};
