import type { Ask, Command, Scene } from '../../chat/command.ts';
import type { Context } from '../../program/context.ts';
import { type EventState, eventsOf, leaveList, takeSeat } from '../../program/gifts/events.ts';
import { Refusal } from '../../program/refusal.ts';
import { textIn } from '../../program/rewards/text-in.ts';
import { button } from '../buttons.ts';
import { chosen } from '../choice.ts';
import { confirm, yesOrNo } from '../confirm.ts';
import { couponView } from './coupon-view.ts';
import { eventLine, eventName } from './events.ts';

const coming = (ctx: Context, { who, program }: Scene): Promise<EventState[]> =>
  eventsOf(ctx, { memberId: who.member?.id ?? null, works: false }, program);

/** Which event, by its id, its name in any language, or its button. */
const event: Ask = {
  name: 'event',
  takes: /^[\s\S]+/,
  field: ({ say }) => ({ label: say('gifts:events.label') }),
  read: async (typed, ctx, scene) => {
    const all = await coming(ctx, scene);
    const names = all.flatMap(({ event: { id, name } }) => Object.values(name).map((label) => ({ value: id, label })));
    const id = chosen(typed, names);
    if (id === undefined) throw new Refusal('event.unknown');
    return id;
  },
  question: async (ctx, _answers, scene, answer) => {
    const all = await coming(ctx, scene);
    if (all.length === 0) throw new Refusal('event.none');
    return {
      body: scene.say('gifts:events.which'),
      buttons: [
        ...all.slice(0, 8).map((one) => [{ label: eventName(one, scene), does: answer(one.event.id) }]),
        [{ label: scene.say('chat:cancel'), does: 'cancel' }],
      ],
    };
  },
};

async function found(ctx: Context, id: string | undefined, scene: Scene): Promise<EventState> {
  const one = (await coming(ctx, scene)).find(({ event: { id: known } }) => known === id);
  if (!one) throw new Refusal('event.unknown');
  return one;
}

/** The answer is the price as it was shown, as in `redeem`. */
const price: Ask = {
  name: 'price',
  read: async (typed, ctx, scene, answers) => {
    if (/^\d{1,15}$/.test(typed)) return typed;
    if (yesOrNo(typed, scene) !== 'yes') throw new Refusal('confirm.unclear');
    return String((await found(ctx, answers.event, scene)).event.cost);
  },
  question: async (ctx, answers, scene, answer) => {
    const { say, who, shop, language } = scene;
    const one = await found(ctx, answers.event, scene);
    const { cost, about } = one.event;
    const balance = who.member?.balance ?? 0;
    const full = one.left === 0;
    if (!full && balance < cost) throw new Refusal('ledger.not_enough', { points: cost, balance });
    return {
      title: eventName(one, scene),
      body: [
        eventLine(one, scene),
        about ? textIn(about, language, shop.language) : '',
        full ? say(cost > 0 ? 'gifts:seat.full_paid' : 'gifts:seat.full') : '',
      ]
        .filter(Boolean)
        .join('\n'),
      facts: !full && cost > 0 ? [[say('rewards:redeem.after'), say('member:points', { count: balance - cost })]] : [],
      buttons: [
        [
          {
            label: full
              ? say('gifts:seat.yes_wait')
              : cost > 0
                ? say('rewards:redeem.yes', { count: cost })
                : say('rewards:redeem.yes_free'),
            does: answer(String(cost)),
            style: 'primary',
          },
          { label: say('chat:cancel'), does: 'cancel' },
        ],
      ],
      show: 'privately',
    };
  },
};

/** A seat of an event: which, sure?, then the ticket; or a place on the list when it is full. */
export const seat: Command = {
  name: 'seat',
  for: 'member',
  asks: [event, price],
  run: async (ctx, answers, scene) => {
    const { who, program, shop, say } = scene;
    if (!who.member) throw new Error('seat runs for members');
    const wanted = { memberId: who.member.id, event: answers.event ?? '', agreed: Number(answers.price) };
    const done = await takeSeat(ctx, wanted, program, shop.timeZone);
    if (!('place' in done)) return couponView(done, scene, ctx.now);
    return {
      title: done.place === null ? say('gifts:seat.left') : say('gifts:seat.listed', { place: done.place }),
      ...(done.place === null ? {} : { body: say('gifts:seat.told') }),
      buttons: [[button(scene, 'events')]],
      show: 'privately',
    };
  },
};

const sure = confirm(async (ctx, answers, scene) => {
  const one = await found(ctx, answers.event, scene);
  if (one.place === null) throw new Refusal('event.not_waiting');
  return { title: scene.say('gifts:seat.leave_sure', { name: eventName(one, scene) }), yes: scene.say('gifts:seat.leave_yes') };
});

/** Leaves the waiting list of an event. */
export const seatLeave: Command = {
  name: 'seat leave',
  for: 'member',
  hidden: true,
  asks: [event, sure],
  run: async (ctx, answers, scene) => {
    if (!scene.who.member) throw new Error('seat leave runs for members');
    await leaveList(ctx, { memberId: scene.who.member.id, event: answers.event ?? '' });
    return { title: scene.say('gifts:seat.left'), buttons: [[button(scene, 'events')]], show: 'privately' };
  },
};
