import type { Command } from '../../chat/command.ts';
import { answerConsent } from '../../program/attention/consent.ts';
import { button } from '../buttons.ts';
import { yesOrNo } from '../confirm.ts';

/** The answer to the one question about offers. Changed at any time from `privacy`. */
export const consent: Command = {
  name: 'consent',
  for: 'member',
  hidden: true,
  asks: [
    {
      name: 'answer',
      field: ({ say }) => ({ label: say('member:consent.question') }),
      read: (typed, _ctx, scene) => yesOrNo(typed, scene),
      question: (_ctx, _answers, { say }, answer) => ({
        body: say('member:consent.question'),
        buttons: [
          [
            { label: say('member:consent.yes'), does: answer('yes') },
            { label: say('member:consent.no'), does: answer('no') },
          ],
        ],
      }),
    },
  ],
  run: async (ctx, answers, scene) => {
    const granted = answers.answer === 'yes';
    const personId = scene.who.personId ?? 0;
    await answerConsent(ctx, { personId, kind: 'marketing', granted, wording: scene.say('member:consent.question') });
    return {
      body: scene.say(granted ? 'member:consent.thanks' : 'member:consent.respected'),
      buttons: [[button(scene, 'card'), button(scene, 'balance'), button(scene, 'privacy')]],
    };
  },
};
