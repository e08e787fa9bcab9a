import type { Button, View } from '../chat/view.ts';
import { commandKey, type Say } from '../chat/words.ts';
import { saidCount, saidOnce } from './said.ts';

/** What a variable is worth for somebody, as the program hands it over. */
type Value =
  | { kind: 'text'; value: string }
  | { kind: 'date'; value: string }
  | { kind: 'points' | 'days' | 'years' | 'money'; value: number };

/** What stands under a message: words are in the reader's language already. `at`: the link itself; absent: it is asked for by a press. */
export type CampaignAction =
  | { kind: 'claim'; label?: string; offer: string }
  | { kind: 'link'; label: string; at?: string }
  | { kind: 'question'; answers: readonly string[] }
  | { kind: 'scale' }
  | { kind: 'command'; does: string };

/** A message of a campaign for one reader. */
export type CampaignMessage = {
  /** The delivery that a press answers to. */
  delivery: number;
  text: { title?: string; body: string };
  picture?: Uint8Array;
  action?: CampaignAction;
  /** Until when the offer can be claimed. */
  until?: Date | string;
  /** The kind of messages that one press silences; absent: none can. */
  topic?: string;
  /** Nothing comes of its buttons. */
  test?: true;
};

type Values = Readonly<Record<string, Value>>;

/** The program's own words, for whoever writes a message (`wordsFor`: the words of a language). */
export const voiceOf = (wordsFor: (language: string) => Say) => ({
  own: (journey: string, language: string) => defaultText(journey, wordsFor(language)),
  said: (values: Values, language: string) => sayValues(values, wordsFor(language)),
});

/** Each variable as it is said in a language: "120 points", "31 May 2026". */
function sayValues(values: Values, say: Say): Record<string, string> {
  const said: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) said[name] = sayValue(value, say);
  // Not everybody has told us a name.
  if (said['name'] === '') said['name'] = say('templates:friend');
  return said;
}

function sayValue(one: Value, say: Say): string {
  if (one.kind === 'text') return one.value;
  if (one.kind === 'date') return one.value === '' ? '' : saidOnce(say, 'templates:said.date', 'at', one.value);
  if (one.kind === 'money') return saidOnce(say, 'templates:said.money', 'amount', one.value);
  return saidCount(say, `templates:said.${one.kind}`, one.value);
}

/** The program's own words of a journey in the language of `say`; undefined: there are none. */
export function defaultText(journey: string, say: Say): { title?: string; body: string } | undefined {
  const key = journey.replaceAll('-', '_');
  const [title, body] = [say(`templates:${key}.title`), say(`templates:${key}.body`)];
  return body === `${key}.body` ? undefined : { title, body };
}

const scaleRows = [
  [0, 1, 2, 3, 4, 5],
  [6, 7, 8, 9, 10],
];

function actionRows({ delivery, action }: CampaignMessage, say: Say): Button[][] {
  if (!action) return [];
  const answer = (label: string, number: number): Button => ({ label, does: `offer answer ${delivery} ${number}` });
  switch (action.kind) {
    case 'claim': {
      const label = action.label ?? saidOnce(say, 'templates:button.take', 'offer', action.offer);
      return [[{ label, does: `offer take ${delivery}`, style: 'primary' }]];
    }
    case 'link':
      return [[action.at ? { label: action.label, url: action.at } : { label: action.label, does: `offer open ${delivery}` }]];
    case 'question':
      return action.answers.map((label, at) => [answer(label, at)]);
    case 'scale':
      return scaleRows.map((row) => row.map((number) => answer(String(number), number)));
    case 'command': {
      const label = say(commandKey(action.does.split(' ')[0] ?? action.does, 'title'));
      return [[{ label, does: action.does, style: 'primary' }]];
    }
  }
}

/**
 * A message of a campaign as it is sent: the owner's words, the picture above, what can be pressed, and last a press that silences this
 * kind of message. Pure.
 */
export function campaignView(message: CampaignMessage, say: Say): View {
  const { text, picture, topic, until, action, test } = message;
  const mute: Button[][] = topic === undefined ? [] : [[{ label: say(`templates:mute.${topic}`), does: `mute ${topic}` }]];
  const footer = [
    ...(test ? [say('templates:test')] : []),
    ...(until !== undefined && action?.kind === 'claim' ? [saidOnce(say, 'templates:until', 'at', until)] : []),
  ].join('\n');
  return {
    ...text,
    // What is heard instead of the picture: the words stand below it anyway.
    ...(picture ? { image: { png: picture, alt: text.title ?? text.body.slice(0, 100) } } : {}),
    buttons: [...actionRows(message, say), ...mute],
    ...(footer === '' ? {} : { footer }),
  };
}
