import type { Ask, Command } from '../../chat/command.ts';
import { Refusal } from '../../program/refusal.ts';
import type { Rules } from '../../program/rules/rules.ts';
import { assignShops } from '../../program/shops/assign-shops.ts';
import { button } from '../buttons.ts';
import { colleague } from './colleague.ts';

const anywhere = '*';

/** Ids of the shops that a text names, by id or name, between commas or spaces. Refuses: `shop.unknown`. */
function shopsIn(typed: string, { shops }: Pick<Rules, 'shops'>): string[] {
  const fold = (text: string): string => text.normalize('NFKC').trim().toLowerCase();
  const find = (said: string) => shops.find(({ id, name }) => id === said || fold(name) === said)?.id;
  const whole = find(fold(typed));
  if (whole) return [whole];
  const separator = typed.includes(',') ? ',' : /\s+/;
  return fold(typed)
    .split(separator)
    .map(fold)
    .filter(Boolean)
    .map((said) => {
      const id = find(said);
      if (!id) throw new Refusal('shop.unknown');
      return id;
    });
}

const where: Ask = {
  name: 'shops',
  field: ({ say, program }) => ({
    label: say('control:team_shop.label'),
    hint: program.rules.shops.map(({ id }) => id).join(' '),
  }),
  read: (typed, _ctx, { say, program }) => {
    if (program.rules.shops.length < 2) throw new Refusal('shop.single');
    const said = typed.normalize('NFKC').trim();
    if (said === anywhere || said.toLowerCase() === say('control:team_shop.anywhere').toLowerCase()) return anywhere;
    return shopsIn(said, program.rules).join(' ');
  },
  question: (_ctx, _answers, { say, program }, answer) => {
    if (program.rules.shops.length < 2) throw new Refusal('shop.single');
    return {
      body: say('control:team_shop.question'),
      buttons: [
        ...program.rules.shops.map(({ id, name }) => [{ label: name, does: answer(id) }]),
        [
          { label: say('control:team_shop.anywhere'), does: answer(anywhere) },
          { label: say('chat:cancel'), does: 'cancel' },
        ],
      ],
    };
  },
};

/** Where a colleague works: one shop by a button, several typed, or anywhere. */
export const teamShop: Command = {
  name: 'team shop',
  for: 'owner',
  asks: [colleague('control:team_shop.whose'), where],
  run: async (ctx, answers, scene) => {
    const { say, program } = scene;
    const shops = answers.shops === anywhere ? [] : (answers.shops ?? '').split(' ').filter(Boolean);
    const { name } = await assignShops(ctx, { personId: Number(answers.person), shops }, program.rules);
    const names = program.rules.shops.filter(({ id }) => shops.includes(id)).map((shop) => shop.name);
    return {
      title: name,
      body:
        shops.length === 0 ? say('control:team_shop.done_anywhere') : say('control:team_shop.done', { shops: names.join(', ') }),
      buttons: [[button(scene, 'team')]],
      show: 'privately',
    };
  },
};
