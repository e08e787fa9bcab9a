import type { Ask, Scene } from '../chat/command.ts';
import { type RefundReason, readReason, refundReasons, writtenReason } from '../program/control/refund-reason.ts';
import { Refusal } from '../program/refusal.ts';
import type { Choice } from './choice.ts';

const choices = ({ say }: Pick<Scene, 'say'>): Choice[] =>
  refundReasons.map((value) => ({ value, label: say(`control:reason.${value}`) }));

/** A reason in words, or undefined when there is none. */
export function reasonText(kept: string | null | undefined, { say }: Pick<Scene, 'say'>): string | undefined {
  const reason = readReason(kept);
  return reason && (reason.text || say(`control:reason.${reason.code}`));
}

/**
 * Why money is given back: a code, its name in the person's language, or a few words of their own. Optional: known when it was written behind
 * the amount, or chosen below the confirmation.
 */
export const reason: Ask = {
  name: 'reason',
  optional: true,
  field: (scene) => ({ label: scene.say('control:reason.label'), hint: scene.say('control:reason.hint') }),
  read: (typed, _ctx, scene) => {
    const said = typed.normalize('NFKC').trim();
    const kept = readReason(said);
    if (kept?.text) return writtenReason(kept.code, kept.text);
    const named = choices(scene).find(({ value, label }) => [value, label.toLowerCase()].includes(said.toLowerCase()));
    if (named && named.value !== 'other') return writtenReason(named.value as RefundReason);
    if (named) throw new Refusal('refund.reason_unclear');
    return writtenReason('other', said);
  },
  question: (_ctx, _answers, { say }) => ({ body: say('control:reason.hint') }),
};

/** The reasons as buttons that begin the same refund again with one of them; `typed` is the refund as it would be written so far. */
export const reasonButtons = (scene: Pick<Scene, 'say'>, typed: string): { label: string; does: string }[] =>
  choices(scene)
    .filter(({ value }) => value !== 'other')
    .map(({ value, label }) => ({ label, does: `${typed} ${value}` }))
    .filter(({ does }) => Buffer.byteLength(does) <= 64);
