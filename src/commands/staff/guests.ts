import type { Ask, Command } from '../../chat/command.ts';
import { type Guest, guestsOf } from '../../program/gifts/events.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { chosen } from '../choice.ts';
import { eventName } from '../member/events.ts';

const namesShown = 60;

const event: Ask = {
  name: 'event',
  takes: /^[\s\S]+/,
  field: ({ say }) => ({ label: say('gifts:events.label') }),
  read: (typed, _ctx, { program }) => {
    const all = program.rules.rewards.filter(({ kind }) => kind === 'event');
    const names = all.flatMap(({ id, name }) => Object.values(name).map((label) => ({ value: id, label })));
    const id = chosen(typed, names);
    if (id === undefined) throw new Refusal('event.unknown');
    return id;
  },
  question: (_ctx, _answers, scene, answer) => {
    const all = scene.program.rules.rewards.filter((reward) => reward.kind === 'event');
    if (all.length === 0) throw new Refusal('event.none');
    return {
      body: scene.say('gifts:events.which'),
      buttons: [
        ...all.slice(0, 8).map((one) => [{ label: eventName({ event: one }, scene), does: answer(one.id) }]),
        [{ label: scene.say('chat:cancel'), does: 'cancel' }],
      ],
    };
  },
};

/** Who comes to an event, who is here already, who waits for a seat. Tickets are checked in with `use`. */
export const guests: Command = {
  name: 'guests',
  for: 'staff',
  reads: true,
  asks: [event],
  run: async (ctx, answers, scene) => {
    const { say } = scene;
    const one = scene.program.rules.rewards.find(({ id }) => id === answers.event);
    if (one?.kind !== 'event') throw new Refusal('event.unknown');
    const found = await guestsOf(ctx, one.id, namesShown + 1);
    const named = (state: Guest['state']): string[] =>
      found.slice(0, namesShown).flatMap((guest) => (guest.state === state ? [guest.name] : []));
    return {
      title: eventName({ event: one }, scene),
      body: found.length === 0 ? say('gifts:guests.none') : say('rewards:worth.event', { at: one.at }),
      facts: (['here', 'coming', 'waiting'] as const).flatMap((state) => {
        const names = named(state);
        return names.length === 0 ? [] : [[say(`gifts:guests.${state}`, { many: names.length }), names.join(', ')] as const];
      }),
      ...(found.length > namesShown ? { footer: say('gifts:guests.more') } : {}),
      buttons: [[button(scene, 'use'), button(scene, 'events')]],
      show: 'privately',
    };
  },
};
