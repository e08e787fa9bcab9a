import type { FakeTelegram, Person, Seen } from '../../test/support/fake-telegram/index.ts';
import type { Running } from './process.ts';

/** Somebody at a counter, and customers with a card. */
export type Till = { clerk: Person; customers: { person: Person; code: string }[] };

const patience = { timeoutMs: 30_000 };

/** Opens a shop on Telegram the way people do: an owner, who invites a clerk, and customers who join. */
export async function openTill(telegram: FakeTelegram, program: Running, count: number): Promise<Till> {
  const owner = telegram.person({ id: 1001, name: 'Olga', language_code: 'en' });
  const clerk = telegram.person({ id: 1002, name: 'Ben', language_code: 'en' });
  await owner.opens(`own_${/start own_([0-9A-Z]{16})/.exec(program.said())?.[1] ?? ''}`);
  await owner.gets('You own Café Liepa now', patience);
  await owner.says('team invite staff');
  await clerk.opens(/start=(inv_[0-9A-Z]+)/.exec((await owner.gets('Your invitation', patience)).text)?.[1] ?? '');
  await clerk.gets('Welcome to the team', patience);
  const customers = [];
  for (let at = 0; at < count; at += 1) {
    const person = telegram.person({ id: 2001 + at, name: `Customer ${at}`, language_code: 'en' });
    await person.says('join');
    const card = await person.gets(/Your code/, patience);
    customers.push({ person, code: /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/.exec(card.text)?.[0] ?? '' });
  }
  return { clerk, customers };
}

/** Credits one purchase: asked, confirmed, answered. No two may have the same amount. Rejects when an answer takes longer than `timeoutMs`. */
export async function credit(clerk: Person, code: string, amountMinor: number, timeoutMs: number): Promise<void> {
  const said = `€${(amountMinor / 100).toFixed(2)}`;
  const about = (word: string) => (seen: Seen) => seen.text.includes(said) && seen.text.includes(word);
  await clerk.says(`credit ${code} ${(amountMinor / 100).toFixed(2)}`);
  const question = await clerk.gets(about('Balance after'), { timeoutMs });
  await clerk.presses(question, question.buttons.find(({ label }) => label.startsWith('Give'))?.label ?? '');
  await clerk.gets(about('New balance'), { timeoutMs });
}
