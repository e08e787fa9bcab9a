import type { Command } from '../../chat/command.ts';
import { nameMax } from '../../program/campaigns/check-patch.ts';
import { changeTexts, createDraft } from '../../program/campaigns/draft.ts';
import { variablesFor } from '../../program/templates/variables.ts';
import { messageFrom } from '../texts/read-message.ts';
import { textAsk } from '../texts/text-ask.ts';
import { screenOf } from './screen.ts';

/** The first line as a name, cut between words. */
function nameFrom(typed: string): string {
  const { title, body } = messageFrom(typed);
  const line =
    (title ?? body)
      .split('\n')[0]
      ?.replace(/\{[^}]*\}?/g, '…')
      .trim() ?? '';
  const letters = [...line];
  if (letters.length <= nameMax) return line;
  return `${letters
    .slice(0, nameMax - 1)
    .join('')
    .replace(/\s+\S*$/, '')}…`;
}

/** A new broadcast: only its words are asked for, in the owner's own language. It is a draft at once, so that nothing is ever lost. */
export const broadcastNew: Command = {
  name: 'broadcast new',
  for: 'owner',
  asks: [textAsk('text', (_ctx, _answers, { language }) => ({ language, allowed: variablesFor(null), picture: false }))],
  run: async (ctx, answers, scene) => {
    const { language } = scene;
    const typed = answers.text ?? '';
    const { id } = await createDraft(ctx, { name: nameFrom(typed) });
    const key = { id: `${ctx.key.id}:text` };
    const texts = { texts: { [language]: messageFrom(typed) }, fallback: language };
    return screenOf(ctx, await changeTexts({ ...ctx, key }, { id, version: 1, texts }), scene);
  },
};
