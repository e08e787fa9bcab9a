import { distance } from 'fastest-levenshtein';
import type { Refusal } from '../program/refusal.ts';
import type { Answers, Ask, Command, Scene } from './command.ts';
import { formOf, refusalText } from './form.ts';
import type { Button, View } from './view.ts';
import { commandKey, type Say, type Words } from './words.ts';

const join = (say: Say): Button => ({ label: say('chat:join'), does: 'join', style: 'primary' });
const help = ({ say }: Scene): Button => ({ label: say('chat:help'), does: 'help' });

/** A sentence and the way on. */
export function notice(scene: Scene, key: string): View {
  return { body: scene.say(key), buttons: [[help(scene)]], show: 'privately' };
}

/** Why not, and a way to try again. */
export function refused(scene: Scene, refusal: Refusal, command: Command, ask?: Ask, answers: Answers = {}): View {
  const retry = command.asks ? [{ label: scene.say('chat:again'), does: command.name }] : [];
  const body = refusalText(refusal, scene);
  const form = ask && formOf(command, ask, answers, body, scene);
  return { body, buttons: [[...retry, help(scene)]], show: 'privately', ...(form ? { form } : {}) };
}

/** Not for this person: customers-to-be are invited, others are told whom to ask. */
export function forbidden(scene: Scene, command: Command): View {
  if (command.for !== 'member') return notice(scene, `refusals:${command.for}.only`);
  return { body: scene.say('refusals:member.only', { shop: scene.shop.name }), buttons: [[join(scene.say)]] };
}

/** A friendly line with the nearest commands this person has. */
export function unknown({ words }: { words: Words }, scene: Scene, text: string): View {
  const buttons = nearest(text, scene.commands(), words).map((command) => ({
    label: scene.say(commandKey(command.name, 'title')),
    does: command.name,
  }));
  const { say, shop, who } = scene;
  if (buttons.length > 0)
    return {
      body: say(who.personId === null ? 'chat:unknown_stranger' : 'chat:unknown', { shop: shop.name }),
      buttons: [buttons],
    };
  if (who.member || who.role) return notice(scene, 'chat:unknown_at_all');
  return { body: say('chat:unknown_stranger_at_all', { shop: shop.name }), buttons: [[join(say), help(scene)]] };
}

/** Up to three commands whose names, in any language, are spelled most like the beginning of a text. */
function nearest(text: string, commands: readonly Command[], words: Words): Command[] {
  const typed = text.normalize('NFKC').trim().replace(/^\//, '').toLowerCase().split(/\s+/)[0]?.slice(0, 32) ?? '';
  const score = (name: string): number => distance(typed, name) / Math.max(typed.length, name.length, 1);
  return commands
    .filter((command) => !command.hidden)
    .map((command) => ({ command, score: Math.min(...(words.names.get(command.name) ?? [command.name]).map(score)) }))
    .filter((one) => one.score <= 0.5)
    .sort((a, b) => a.score - b.score)
    .slice(0, 3)
    .map(({ command }) => command);
}
