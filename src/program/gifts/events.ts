import { actorId, type Context, type Statement } from '../context.ts';
import { originOf } from '../origin.ts';
import { closesAt, piecesOf } from '../rewards/opening.ts';
import type { Redeemed } from '../rewards/redeem.ts';
import { couponTerms, redeemHolds } from '../rewards/terms.ts';
import type { Program, Reward } from '../rules/rules.ts';

export type Event = Extract<Reward, { kind: 'event' }>;

/** An event as somebody sees it. `place`: theirs on the waiting list; `tickets`: the codes of their coupons. */
export type EventState = { event: Event; left: number; waiting: number; place: number | null; tickets: string[] };

/** A seat, or a place on the list; null when they have left it since. */
export type Seat = Redeemed | { place: number | null };

/** Somebody who has a seat, or waits for one. */
export type Guest = { name: string; state: 'coming' | 'here' | 'waiting' };

const takeStatement: Statement = { name: 'seat_take', text: 'SELECT seat_take($1, $2, $3, $4, $5, $6, $7, $8) AS result' };
const leaveStatement: Statement = { name: 'seat_leave', text: 'SELECT seat_leave($1, $2, $3, $4, $5)' };
const offerStatement: Statement = { name: 'seats_offer', text: 'SELECT seats_offer($1, $2) AS count' };
const waitedFor: Statement = { name: 'events_waited_for', text: 'SELECT DISTINCT reward FROM event_wait WHERE ended_at IS NULL' };
const states: Statement = {
  name: 'event_states',
  text: `SELECT r.id, coalesce((SELECT issued FROM reward_stock s WHERE s.reward = r.id), 0) AS issued,
      (SELECT count(*) FROM event_wait e WHERE e.reward = r.id AND e.ended_at IS NULL) AS waiting, event_place(r.id, $2) AS place,
      ARRAY(SELECT c.code FROM coupon c WHERE c.member_id = $2 AND c.reward = r.id AND c.used_at IS NULL AND c.cancelled_at IS NULL AND c.expires_at > $3
        ORDER BY c.id) AS tickets
    FROM unnest($1::text[]) r (id)`,
};
const guestsStatement: Statement = {
  name: 'event_guests',
  text: `SELECT coalesce(p.name, m.external_ref, m.code) AS name, g.state FROM (
      SELECT c.member_id, CASE WHEN c.used_at IS NULL THEN 'coming' ELSE 'here' END AS state, 0 AS list, c.id FROM coupon c
        WHERE c.reward = $1 AND c.cancelled_at IS NULL
      UNION ALL SELECT member_now(e.member_id), 'waiting', 1, e.id FROM event_wait e WHERE e.reward = $1 AND e.ended_at IS NULL
    ) g JOIN member m ON m.id = g.member_id LEFT JOIN person p ON p.id = m.person_id ORDER BY g.list, g.id LIMIT $2`,
};

/** The program's events that are still to come, the next one first; for those who work here also what began within a day. */
export async function eventsOf(
  { db, now }: Pick<Context, 'db' | 'now'>,
  { memberId, works }: { memberId: number | null; works: boolean },
  { rules }: Program,
): Promise<EventState[]> {
  const since = works ? now.getTime() - 86_400_000 : now.getTime();
  const events = rules.rewards
    .filter((reward): reward is Event => reward.kind === 'event' && !reward.hidden && new Date(reward.at).getTime() > since)
    .sort((a, b) => new Date(a.at).getTime() - new Date(b.at).getTime());
  if (events.length === 0) return [];
  type Row = { id: string; issued: number; waiting: number; place: number | null; tickets: string[] };
  const rows = await db.run<Row>(states, [events.map(({ id }) => id), memberId, now]);
  return events.flatMap((event) => {
    const row = rows.find(({ id }) => id === event.id);
    if (!row) return [];
    const { waiting, place, tickets } = row;
    return [{ event, left: Math.max(0, (piecesOf(event) ?? 0) - row.issued), waiting, place, tickets }];
  });
}

/** Who comes to an event, then who waits; at most `limit`. */
export const guestsOf = ({ db }: Pick<Context, 'db'>, event: string, limit: number): Promise<Guest[]> =>
  db.run<Guest>(guestsStatement, [event, limit]);

/**
 * Takes a seat of an event for points (or for nothing); when it is full, a place on its list, and no points until there is a seat. With the same key: the
 * same seat or place. Refuses: as `redeem`, but for `reward.sold_out`.
 */
export async function takeSeat(
  ctx: Context,
  { memberId, event, agreed }: { memberId: number; event: string; agreed: number },
  { rules }: Program,
  timeZone: string,
): Promise<Seat> {
  const wanted = rules.rewards.find(({ id, kind, hidden }) => id === event && kind === 'event' && !hidden);
  const terms = wanted && couponTerms(wanted, ctx.now, rules, timeZone);
  const holds = wanted && redeemHolds(wanted, { agreed, closes: closesAt(wanted, rules, timeZone) }, rules, timeZone);
  const [row] = await ctx.db.run<{ result: Seat }>(takeStatement, [
    ctx.key.id,
    originOf(ctx.key),
    ctx.now,
    actorId(ctx.actor),
    memberId,
    event,
    terms ? JSON.stringify(terms) : null,
    holds ? JSON.stringify(holds) : null,
  ]);
  if (!row) throw new Error('seat_take returned nothing');
  return row.result;
}

/** Leaves the waiting list of an event. Refuses: `event.not_waiting`. */
export async function leaveList(ctx: Context, { memberId, event }: { memberId: number; event: string }): Promise<void> {
  await ctx.db.run(leaveStatement, [ctx.key.id, originOf(ctx.key), ctx.now, memberId, event]);
}

/** Gives seats that became free otherwise (an owner added places) to those who wait. Returns how many got one. */
export async function offerSeats({ db, now }: Pick<Context, 'db' | 'now'>): Promise<number> {
  let seated = 0;
  for (const { reward } of await db.run<{ reward: string }>(waitedFor, [])) {
    const [row] = await db.run<{ count: number }>(offerStatement, [reward, now]);
    seated += row?.count ?? 0;
  }
  return seated;
}
