import type { Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import type { Asked } from '../../program/control/ask-approval.ts';

/** What somebody sees whose purchase or refund waits for an owner. */
export function askedView({ asked }: { asked: Asked }, { say }: Pick<Scene, 'say'>): View {
  const { decision, expiresAt } = asked;
  return {
    title: decision ? say(`control:decision.${decision}`) : say('control:asked.title'),
    ...(decision ? {} : { body: say('control:asked.body', { at: expiresAt }) }),
    buttons: [[{ label: say('staff:credit.next'), does: 'credit' }]],
  };
}
