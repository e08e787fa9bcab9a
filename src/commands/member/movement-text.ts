import type { Say } from '../../chat/words.ts';
import type { Movement } from '../../program/members/movements.ts';

/** `+12` or `−12`, with a real minus sign. */
export const signed = (points: number): string => (points < 0 ? `−${-points}` : `+${points}`);

/** What a movement is called: an undo of a part of a sale is a refund. */
const nameOf = ({ kind, reason }: Movement): string => (kind === 'undo' && 'amountMinor' in reason ? 'refund' : kind);

/** A movement in a few words. */
export function shortReason(movement: Movement, say: Say): string {
  const { sale, reason } = movement;
  return say(`movements:${nameOf(movement)}.short`, {
    amount: sale?.amountMinor,
    refunded: reason['amountMinor'],
    receipt: sale?.receipt,
  });
}

/** A movement explained: which rule, which receipt, what was carried. */
export function longReason(movement: Movement, say: Say): string {
  const { sale, rate, kind, points, reason } = movement;
  const lines = [
    say(`movements:${nameOf(movement)}.long`, {
      amount: sale?.amountMinor,
      refunded: reason['amountMinor'],
      receipt: sale?.receipt,
      count: Math.abs(points),
      debt: Math.abs(movement.debt),
    }),
  ];
  if (kind === 'credit' && rate) {
    lines.push(say('movements:rule', { count: rate.points, amount: rate.per, version: rate.version }));
    const carried = (part: number): number => Math.floor(part / rate.points);
    if (rate.carry && rate.carriedIn > 0) lines.push(say('movements:carried_in', { amount: carried(rate.carriedIn) }));
    if (rate.carry && rate.carriedOut > 0) lines.push(say('movements:carried_out', { amount: carried(rate.carriedOut) }));
    if (rate.carry && rate.carriedIn < 0) lines.push(say('movements:carried_negative', { amount: -carried(rate.carriedIn) }));
  }
  if (kind === 'undo' && movement.debt > 0) lines.push(say('movements:owed', { count: movement.debt }));
  if (sale?.undoneAt && kind === 'credit') lines.push(say('movements:undone_later', { at: sale.undoneAt }));
  else if (sale && sale.refundedMinor > 0 && kind === 'credit')
    lines.push(say('movements:refunded_later', { amount: sale.refundedMinor }));
  return lines.join('\n');
}
