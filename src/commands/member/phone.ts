import type { Command } from '../../chat/command.ts';
import { forgetPhone, phoneOf, sharePhone } from '../../program/members/phone.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { saysForget } from '../forget.ts';

/** The phone number by which staff find a member. Only a number that the messenger confirms is taken; what is typed could be anybody's. */
export const phone: Command = {
  name: 'phone',
  for: 'member',
  asks: [
    {
      name: 'what',
      optional: true,
      field: ({ say }) => ({ label: say('identity:phone.label') }),
      read: (typed, _ctx, scene) => {
        if (saysForget(typed, scene)) return 'forget';
        if (typed.trim() === 'how') return 'how';
        throw new Refusal('phone.typed');
      },
      question: (_ctx, _answers, { say }) => ({ body: say('identity:phone.label') }),
    },
  ],
  run: async (ctx, answers, scene) => {
    const { say, who, contact } = scene;
    const personId = who.personId ?? 0;
    if (answers.what === 'forget') {
      await forgetPhone(ctx, { personId });
      return {
        body: say('identity:phone.forgotten'),
        buttons: [[button(scene, 'card'), button(scene, 'privacy')]],
        show: 'privately',
      };
    }
    if (answers.what === 'how')
      return {
        body: say('identity:phone.elsewhere'),
        buttons: [[button(scene, 'link'), button(scene, 'card')]],
        show: 'privately',
      };
    if (contact) {
      const kept = await sharePhone(ctx, { personId, contact: contact.phone });
      return {
        title: say('identity:phone.thanks'),
        body: say('identity:phone.kept', { phone: kept.phone }),
        buttons: [[{ label: say('identity:forget'), does: 'phone forget' }, button(scene, 'card')]],
        show: 'privately',
      };
    }
    const known = await phoneOf(ctx, personId);
    if (known !== null)
      return {
        body: say('identity:phone.kept', { phone: known }),
        buttons: [[{ label: say('identity:forget'), does: 'phone forget' }, button(scene, 'card')]],
        show: 'privately',
      };
    return {
      body: say('identity:phone.why'),
      buttons: [[{ label: say('identity:phone.share'), does: 'phone how', shares: 'contact' }]],
      show: 'privately',
    };
  },
};
