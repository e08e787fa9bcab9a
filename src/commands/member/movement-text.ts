import type { Say } from '../../chat/words.ts';
import type { Movement } from '../../program/members/movements.ts';
import type { Rules } from '../../program/rules/rules.ts';
import { bonusText, earnText } from '../rules/earning-text.ts';
import type { Reader } from '../rules/wording.ts';

/** `+12` or `−12`, with a real minus sign. */
export const signed = (points: number): string => (points < 0 ? `−${-points}` : `+${points}`);

/** The reward that a movement was for, in the reader's language. */
function rewardOf({ reason }: Movement, say: Say): string | undefined {
  const names = reason['name'];
  if (typeof names !== 'object' || names === null) return undefined;
  const texts = names as Record<string, string>;
  return texts[say.language] ?? Object.values(texts)[0];
}

/** What a movement is called: an undo of a part of a sale is a refund, points spent on a bill or a reward say so. */
function nameOf(movement: Movement, say: Say): string {
  const { kind, reason } = movement;
  if (kind === 'undo' && 'amountMinor' in reason) return 'refund';
  if (kind === 'spend' && 'payment' in reason) return 'pay';
  if (kind === 'grant' && 'code' in reason) return 'code';
  if (kind === 'grant' && 'campaign' in reason) return 'offer';
  if (rewardOf(movement, say) === undefined) return kind;
  return kind === 'spend' ? 'coupon' : kind === 'return' ? 'gave_back' : kind;
}

/** What the sentences of a movement are filled with. */
const filling = (movement: Movement, say: Say) => ({
  amount: movement.sale?.amountMinor,
  refunded: movement.reason['amountMinor'],
  worth: movement.reason['worthMinor'],
  receipt: movement.sale?.receipt,
  name: rewardOf(movement, say),
  count: Math.abs(movement.points),
  debt: Math.abs(movement.debt),
});

/** A movement in a few words. */
export const shortReason = (movement: Movement, say: Say): string =>
  say(`movements:${nameOf(movement, say)}.short`, filling(movement, say));

/** The rule behind a part of a price, as the version that priced it said it. */
function ruleText(id: string, rules: Rules, reader: Reader): string {
  const earn = rules.earn.find((rule) => rule.id === id);
  if (earn) return earnText(earn, rules, reader);
  const bonus = rules.bonuses.find((rule) => rule.id === id);
  if (bonus) return bonusText(bonus, rules, reader);
  return rules.tiers?.levels.find((level) => `tier:${level.id}` === id)?.name ?? id;
}

/** Which rules priced a sale, each with what it gave where there are several, and what was carried. */
function priceLines({ rate, sale }: Movement, rules: Rules, reader: Reader): string[] {
  if (!rate) return [];
  const { say, language } = reader;
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const base = rules.earn.find(({ id }) => id === rate.rule);
  const parts = rate.parts ?? [];
  const lines =
    parts.length > 1
      ? parts.map(({ rule, value }) => `+${number.format(Number(value) / rate.per)} · ${ruleText(rule, rules, reader)}`)
      : [ruleText(rate.rule, rules, reader)];
  // Money not yet turned into points: only where money gives them.
  const carried = (part: number): number =>
    base?.kind === 'money' ? Math.floor((part * base.perMinor) / (base.points * rate.per)) : 0;
  if (rate.carry && carried(rate.carriedIn) > 0) lines.push(say('movements:carried_in', { amount: carried(rate.carriedIn) }));
  if (rate.carry && carried(rate.carriedOut) > 0) lines.push(say('movements:carried_out', { amount: carried(rate.carriedOut) }));
  if (rate.carry && carried(-rate.carriedIn) > 0)
    lines.push(say('movements:carried_negative', { amount: carried(-rate.carriedIn) }));
  if (sale?.undoneAt) lines.push(say('movements:undone_later', { at: sale.undoneAt }));
  else if (sale && sale.refundedMinor > 0) lines.push(say('movements:refunded_later', { amount: sale.refundedMinor }));
  return lines;
}

/** A movement explained: which rules (`rules`: of the version that priced the sale), which receipt, what was carried. */
export function longReason(movement: Movement, rules: Rules, reader: Reader): string {
  const { say } = reader;
  const { kind, reason } = movement;
  return [
    say(`movements:${nameOf(movement, say)}.long`, filling(movement, say)),
    ...(reason['released'] === true ? [say('movements:released')] : []),
    ...(kind === 'credit' ? priceLines(movement, rules, reader) : []),
    ...(kind === 'undo' && movement.debt > 0 ? [say('movements:owed', { count: movement.debt })] : []),
  ].join('\n');
}
