import type { Ask, Command, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import { commandKey } from '../../chat/words.ts';
import type { Arrival } from '../../program/arrival.ts';
import type { Context } from '../../program/context.ts';
import { Refusal } from '../../program/refusal.ts';
import { chooseShop } from '../../program/shops/choose-shop.ts';
import { workplaces } from '../../program/shops/where.ts';
import { type Choice, chosen } from '../choice.ts';

const placesOf = ({ program, who }: Pick<Arrival, 'program' | 'who'>): Choice[] =>
  workplaces(program.rules, who.shops).map(({ id, name }) => ({ value: id, label: name }));

const which: Ask = {
  name: 'shop',
  field: (scene) => ({ label: scene.say('control:shop.label'), choices: placesOf(scene) }),
  read: (typed, _ctx, scene) => {
    const id = chosen(typed, placesOf(scene));
    if (!id) throw new Refusal('shop.unknown');
    return id;
  },
  question: (_ctx, _answers, scene, answer) => {
    const places = placesOf(scene);
    if (places.length < 2) throw new Refusal('shop.single');
    return {
      body: scene.say('control:shop.question'),
      buttons: [
        ...places.map(({ value, label }) => [{ label, does: answer(value) }]),
        [{ label: scene.say('chat:cancel'), does: 'cancel' }],
      ],
    };
  },
};

async function goTo(ctx: Context, shop: string, scene: Scene, next: string): Promise<View> {
  const { say, program } = scene;
  const { until } = await chooseShop(ctx, shop, program.rules, scene.shop.timeZone);
  const name = program.rules.shops.find(({ id }) => id === shop)?.name ?? shop;
  return {
    title: say('control:shop.done', { shop: name }),
    body: say('control:shop.until', { at: until }),
    buttons: [[{ label: say(commandKey('credit', 'title')), does: next, style: 'primary' }]],
  };
}

/** Where somebody works today, when they work in several shops. */
export const shop: Command = {
  name: 'shop',
  for: 'staff',
  asks: [which],
  run: (ctx, answers, scene) => goTo(ctx, answers.shop ?? '', scene, 'credit'),
};

/** The same, on the way to something that needs to know it. */
export const shopFirst: Command = {
  name: 'shop first',
  for: 'staff',
  hidden: true,
  asks: [
    {
      name: 'next',
      field: ({ say }) => ({ label: say('control:shop.next') }),
      takes: /^[\s\S]*$/,
      read: (typed) => (Buffer.byteLength(typed) <= 64 ? typed : 'credit'),
      question: (_ctx, _answers, { say }) => ({ body: say('control:shop.next') }),
    },
    { name: 'shop', read: which.read, question: which.question },
  ],
  run: (ctx, answers, scene) => goTo(ctx, answers.shop ?? '', scene, answers.next ?? 'credit'),
};

/** What to treat in place of a command that sells something, as long as nobody knows in which of their shops somebody is today. */
export const shopUnknown = (command: string, args: string, { who, program }: Arrival): string | undefined =>
  who.role !== null && program.rules.shops.length > 0 && who.shop === null ? `shop first ${command} ${args}`.trim() : undefined;
