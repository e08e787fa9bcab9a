import type { Scene } from '../../chat/command.ts';
import type { SplitTest } from '../../program/campaigns/campaign.ts';
import { variantsMax } from '../../program/campaigns/check-patch.ts';
import { Refusal } from '../../program/refusal.ts';
import { type Part, wholeIn } from './part.ts';

const none = 'none';

/** What of a split test can be counted, by what stands under the message. */
const countedBy: Readonly<Record<string, SplitTest['by']>> = {
  claim: 'claimed',
  link: 'pressed',
  question: 'answered',
  scale: 'answered',
};

/** How the better wording is found, in words. */
export function splitText(test: SplitTest | null, { say }: Pick<Scene, 'say'>): string {
  if (!test) return say('broadcast:split.even');
  const { percent, by, hours } = test;
  return [
    say('broadcast:split.first', { percent, hours: say('broadcast:hours', { count: hours }) }),
    say(`broadcast:split.by.${by}`),
  ].join(' ');
}

/** `20% 24`: so many percent try the wordings first, after so many hours the better one goes to the rest. */
function readTest(typed: string): string {
  if (typed.toLowerCase() === none) return none;
  const [, percent = '', hours = ''] = /^(\d+)\s*%?[\s,·]+(\d+)\s*\p{L}*\.?$/u.exec(typed) ?? [];
  if (percent === '') throw new Refusal('broadcast.split');
  return `${wholeIn(percent, 5, 90)} ${wholeIn(hours, 1, 168)}`;
}

/** How many percent try the wordings first, and after how long the one that did better goes to the rest. */
export const splitPart: Part = {
  name: 'split',
  text: ({ scene }) => scene.say('broadcast:ask.split'),
  choices: ({ scene, draft }) => [
    { value: none, label: scene.say('broadcast:split.even') },
    ...(countedBy[draft.button?.kind ?? ''] ? ['10 24', '20 24', '30 48'] : []).map((value) => {
      const [percent, hours] = value.split(' ');
      return { value, label: `${percent} % · ${scene.say('broadcast:hours', { count: Number(hours) })}` };
    }),
  ],
  read: readTest,
  change: (kept, { draft }) => {
    if (kept === none) return { test: null };
    const [percent, hours] = kept.split(' ');
    const by = countedBy[draft.button?.kind ?? ''];
    if (!by) throw new Refusal('campaign.test_by');
    return { test: { percent: Number(percent), hours: Number(hours), by } };
  },
};

/** How many wordings there are: each has its own texts. */
export const wordingsPart: Part = {
  name: 'wordings',
  text: ({ scene }) => scene.say('broadcast:ask.wordings'),
  choices: ({ scene }) => [1, 2, 3].map((count) => ({ value: String(count), label: scene.say('broadcast:wordings', { count }) })),
  read: (typed) => String(wholeIn(typed, 1, variantsMax)),
  change: (count, { draft }) => ({
    variants: [...'abcd'].slice(0, Number(count)),
    test: Number(count) === 1 ? null : draft.test,
  }),
};
