import type { Tx } from '../once.ts';

/** A message to plan. `params`: ids, numbers, codes and ISO dates, never names or texts; `dedupe` makes it happen once. */
export type Plan = { personId: number; notice: string; params: Record<string, unknown>; dedupe: string; now: Date };

/**
 * Plans a message to a person, on the address they used last, in the caller's transaction (ring the channels' bell after the
 * commit). Nobody to reach, or planned before under the same `dedupe`: nothing happens. A `person` among the params is the id of
 * somebody the message speaks of: the notice is given their `name` when it is sent.
 */
export async function planDelivery(tx: Pick<Tx, '$executeRaw'>, { personId, notice, params, dedupe, now }: Plan): Promise<void> {
  await tx.$executeRaw`SELECT delivery_plan(${personId}::int, ${notice}, ${JSON.stringify(params)}::jsonb, ${dedupe}, ${now})`;
}

/**
 * Plans a repaint of everything that stands in a person's messengers all the time (their menu of commands, the card they keep open), on
 * every address of theirs. `version` makes it happen once per change.
 */
export async function planHomes(tx: Pick<Tx, '$executeRaw'>, personId: number, version: string, now: Date): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO delivery (notice, params, person_id, address_id, channel, place, dedupe, not_before, created_at)
    SELECT 'home', '{}', ${personId}::int, a.id, a.channel, 'home', 'home:' || a.id || ':' || ${version}::text, ${now}::timestamptz, ${now}::timestamptz
    FROM address a WHERE a.person_id = ${personId}::int AND a.dead_at IS NULL
    ON CONFLICT (dedupe) DO NOTHING`;
}
