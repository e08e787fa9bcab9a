import type { Contact } from '../attention/contact.ts';
import type { Database, Statement } from '../context.ts';
import type { Claimed } from './claim.ts';

/** What the gate goes by: the zone of who has told none, the shop's quiet hours, and how many messages to many one person gets in seven days. */
export type GateTerms = Pick<Contact, 'quiet' | 'perWeek'> & { zone: string };

/**
 * What became of a message that was about to be sent. `sending`: it may go, and `row` is how it stands now. `dropped`: it never goes. `waiting`: not now.
 * `lost`: the lease is over, or the channel rests.
 */
export type Begun = { became: 'sending'; row: Claimed } | { became: 'dropped' | 'waiting' | 'lost' };

const begin: Statement = {
  name: 'deliveries_begin',
  text: 'SELECT delivery_id AS id, became FROM deliveries_begin($1, $2::bigint[], $3, $4, $5::jsonb)',
};

/**
 * Notes, before the messenger is called, that it will be: when nobody reports the end before the lease does, it is unknown. What is said to many passes
 * the gate in the same transaction: its campaign's state, consent, mutes, quiet hours in the person's zone and the cap per week, at program time `now`.
 * All rows are one worker's. The outcomes are in the order of the rows.
 */
export async function beginSending(
  db: Database,
  rows: readonly Claimed[],
  { leaseMs, now, terms }: { leaseMs: number; now: Date; terms: GateTerms },
): Promise<Begun[]> {
  const ids = rows.map(({ id }) => id);
  const values = [rows[0]?.worker, ids, leaseMs, now, JSON.stringify(terms)];
  const found = await db.run<{ id: number; became: 'sending' | 'dropped' | 'waiting' }>(begin, values);
  const became = new Map(found.map((one) => [one.id, one.became]));
  return rows.map((row) => {
    const now = became.get(row.id) ?? 'lost';
    return now === 'sending' ? { became: now, row: { ...row, attempt: row.attempt + 1 } } : { became: now };
  });
}
