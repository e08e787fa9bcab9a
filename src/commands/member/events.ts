import type { Command, Scene } from '../../chat/command.ts';
import type { Button } from '../../chat/view.ts';
import { type EventState, eventsOf } from '../../program/gifts/events.ts';
import { textIn } from '../../program/rewards/text-in.ts';
import { button } from '../buttons.ts';
import { worthText } from '../worth.ts';

const eventsShown = 8;

/** What an event is called, for who reads it. */
export const eventName = ({ event }: Pick<EventState, 'event'>, { language, shop }: Pick<Scene, 'language' | 'shop'>): string =>
  textIn(event.name, language, shop.language);

/** When, where, what it costs, and how full it is. */
export function eventLine({ event, left, waiting }: EventState, { say }: Pick<Scene, 'say'>): string {
  return [
    worthText(event, say),
    event.cost > 0 ? say('rewards:points', { count: event.cost }) : say('rewards:free'),
    left > 0 ? say('gifts:events.left', { count: left }) : say('gifts:events.full'),
    waiting > 0 ? say('gifts:events.waiting', { count: waiting }) : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

function mineText({ place, tickets }: EventState, { say }: Pick<Scene, 'say'>): string {
  if (tickets.length > 0) return say('gifts:events.yours');
  return place === null ? '' : say('gifts:events.place', { place });
}

function buttonsOf(one: EventState, scene: Scene, now: Date): Button[] {
  const { say, who } = scene;
  const name = eventName(one, scene);
  const guests = who.role ? [{ label: say('gifts:events.guests', { name }), does: `guests ${one.event.id}` }] : [];
  const [ticket] = one.tickets;
  if (ticket !== undefined) return [{ label: say('gifts:events.ticket', { name }), does: `coupons ${ticket}` }, ...guests];
  if (new Date(one.event.at) <= now || !who.member) return guests;
  if (one.place !== null) return [{ label: say('gifts:events.leave', { name }), does: `seat leave ${one.event.id}` }, ...guests];
  const label = one.left > 0 ? say('gifts:events.take', { name }) : say('gifts:events.wait', { name });
  return [{ label, does: `seat ${one.event.id}` }, ...guests];
}

/** What is coming up: when, where, seats, and whether one of them is yours. Who works here sees who comes. */
export const events: Command = {
  name: 'events',
  for: 'anyone',
  reads: true,
  run: async (ctx, _answers, scene) => {
    const { say, who, program } = scene;
    const all = (await eventsOf(ctx, { memberId: who.member?.id ?? null, works: who.role !== null }, program)).slice(
      0,
      eventsShown,
    );
    return {
      title: say('gifts:events.title'),
      ...(all.length === 0 ? { body: say('gifts:events.none') } : {}),
      facts: all.map(
        (one) => [eventName(one, scene), [eventLine(one, scene), mineText(one, scene)].filter(Boolean).join('\n')] as const,
      ),
      buttons: [
        ...all.map((one) => buttonsOf(one, scene, ctx.now)).filter((row) => row.length > 0),
        who.member
          ? [button(scene, 'rewards'), button(scene, 'coupons')]
          : [{ label: say('chat:join'), does: 'join', style: 'primary' } as const],
      ],
      show: 'privately',
    };
  },
};
