import type { Scene } from '../../chat/command.ts';
import type { Campaign } from '../../program/campaigns/campaign.ts';
import { answersMax, checkLink } from '../../program/campaigns/check-patch.ts';
import { Refusal } from '../../program/refusal.ts';
import { rewardNamed, textIn } from '../rules/wording.ts';
import { readAnswers, readLabel } from './labels.ts';
import { oneOf, type Part, partButton, wholeIn } from './part.ts';

/** What is pressed under the message, in words. */
export function buttonText({ button, offer }: Pick<Campaign, 'button' | 'offer'>, scene: Scene): string {
  const { say, program } = scene;
  switch (button?.kind) {
    case 'claim':
      if (offer?.kind === 'points') return say('broadcast:button.points', { count: offer.points });
      return say('broadcast:button.reward', { reward: offer ? rewardNamed(offer.reward, program.rules, scene) : '–' });
    case 'link':
      return `${textIn(button.label, scene)} → ${button.url}`;
    case 'question':
      return button.answers.map((answer) => textIn(answer, scene)).join(' | ');
    case 'scale':
      return say('broadcast:button.scale');
    default:
      return say('broadcast:button.plain');
  }
}

/** What shall stand under the message: what needs no more to be said is an answer, the rest are parts of their own. */
export const buttonPart: Part = {
  name: 'button',
  text: ({ scene, draft }) =>
    [scene.say('broadcast:now', { value: buttonText(draft, scene) }), scene.say('broadcast:ask.button')].join('\n\n'),
  choices: ({ scene }) => ['scale', 'plain'].map((value) => ({ value, label: scene.say(`broadcast:add.${value}`) })),
  others: ({ scene, draft }) =>
    ['reward', 'points', 'link', 'question'].map((name) => [partButton(draft, name, scene.say(`broadcast:add.${name}`))]),
  read: (typed) => oneOf(typed, 'scale', 'plain'),
  change: (kept) => ({ button: kept === 'scale' ? { kind: 'scale' } : null, offer: null }),
};

function rewardIn(typed: string, scene: Scene): string {
  const said = typed.toLowerCase();
  const found = scene.program.rules.rewards.find(({ id, name }) => id === said || textIn(name, scene).toLowerCase() === said);
  if (!found) throw new Refusal('campaign.reward', { reward: typed.slice(0, 60) });
  return found.id;
}

/** One press gives a reward of the program as a coupon. */
export const rewardPart: Part = {
  name: 'reward',
  text: ({ scene }) => scene.say(scene.program.rules.rewards.length > 0 ? 'broadcast:ask.reward' : 'broadcast:ask.no_rewards'),
  choices: ({ scene }) =>
    scene.program.rules.rewards
      .filter(({ kind }) => kind !== 'event')
      .slice(0, 20)
      .map(({ id, name }) => ({ value: id, label: textIn(name, scene) })),
  read: (typed, { scene }) => rewardIn(typed, scene),
  change: (reward) => ({ button: { kind: 'claim' }, offer: { kind: 'reward', reward } }),
};

/** One press gives points. */
export const pointsPart: Part = {
  name: 'points',
  text: ({ scene }) => scene.say('broadcast:ask.points'),
  choices: ({ scene }) =>
    [10, 20, 50, 100].map((count) => ({ value: String(count), label: scene.say('member:points', { count }) })),
  read: (typed) => String(wholeIn(typed, 1, 1_000_000)),
  change: (points) => ({ button: { kind: 'claim' }, offer: { kind: 'points', points: Number(points) } }),
};

/** An address as it opens in a browser (who leaves out `https://` means it), and what stands behind it: the button's label. */
function linkIn(typed: string, { say, language }: Pick<Scene, 'say' | 'language'>) {
  const [, said = '', label = ''] = /^(\S*)\s*([\s\S]*)$/.exec(typed) ?? [];
  const url = /^[a-z][a-z0-9+.-]*:/i.test(said) ? said : `https://${said}`;
  checkLink(url);
  return { url, label: readLabel(label || say('broadcast:label_look'), { language }) };
}

/** A link; presses are counted. */
export const linkPart: Part = {
  name: 'link',
  text: ({ scene }) => scene.say('broadcast:ask.link', { label: scene.say('broadcast:label_look') }),
  read: (typed, { scene }) => {
    linkIn(typed, scene);
    return typed;
  },
  change: (kept, { scene }) => ({ button: { kind: 'link', ...linkIn(kept, scene) }, offer: null }),
};

/** A question in the text, answered by pressing. */
export const questionPart: Part = {
  name: 'question',
  text: ({ scene }) => scene.say('broadcast:ask.answers', { max: answersMax }),
  choices: ({ scene }) => [{ value: scene.say('broadcast:yes_no'), label: scene.say('broadcast:yes_no') }],
  read: (typed, { scene }) => {
    const { length } = readAnswers(typed, scene);
    if (length < 2 || length > answersMax) throw new Refusal('campaign.answers', { min: 2, max: answersMax });
    return typed;
  },
  change: (kept, { scene }) => ({ button: { kind: 'question', answers: readAnswers(kept, scene) }, offer: null }),
};
