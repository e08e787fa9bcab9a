import type { Command } from '../../chat/command.ts';
import { endConversation } from '../../chat/conversation.ts';
import { button } from '../buttons.ts';

/** Forgets the question that is open. Nothing has been done yet when it is asked, so nothing needs to be taken back. */
export const cancel: Command = {
  name: 'cancel',
  for: 'anyone',
  reads: true,
  run: async (ctx, _answers, scene) => {
    await endConversation(ctx, scene);
    return {
      body: scene.say(scene.asked ? 'member:cancel.done' : 'member:cancel.nothing'),
      buttons: [[button(scene, scene.who.role ? 'credit' : 'balance'), button(scene, 'help')]],
      show: 'privately',
    };
  },
};
