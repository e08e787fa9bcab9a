import type { Command, Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import { commandKey } from '../../chat/words.ts';
import type { Context } from '../../program/context.ts';
import { minorPerUnit } from '../../program/money.ts';
import { accountCsv, accountOf } from '../../program/privacy/account-csv.ts';
import { exportOf } from '../../program/privacy/export.ts';
import { Refusal } from '../../program/refusal.ts';
import { button } from '../buttons.ts';
import { chosen } from '../choice.ts';
import { shortReason } from './movement-text.ts';

const formats = ['json', 'csv'] as const;

const choices = ({ say }: Pick<Scene, 'say'>) =>
  formats.map((format) => ({ value: format, label: say(`privacy:export.${format}`) }));

const columns = ['when', 'what', 'points', 'balance', 'receipt', 'amount', 'currency'] as const;

async function csvOf(ctx: Context, { say, who, shop }: Scene): Promise<Uint8Array> {
  const lines = who.member
    ? await accountOf(ctx, who.member.id, {
        movement: (one) => shortReason(one, say),
        purchase: (amount) => say('movements:credit.short', { amount }),
      })
    : [];
  return accountCsv(lines, {
    columns: columns.map((column) => say(`privacy:column.${column}`)),
    currency: shop.currency,
    perUnit: minorPerUnit(shop.currency),
    timeZone: shop.timeZone,
  });
}

async function fileOf(format: string, ctx: Context, scene: Scene): Promise<NonNullable<View['file']>> {
  if (format === 'csv') return { name: 'points.csv', bytes: await csvOf(ctx, scene) };
  const all = await exportOf(ctx, { personId: scene.who.personId ?? 0, shop: scene.shop.name });
  return { name: 'my-data.json', bytes: new TextEncoder().encode(`${JSON.stringify(all, null, 2)}\n`) };
}

/** Everything the program knows about somebody, as a file: all of it as JSON, or points and purchases as a table. */
export const exporting: Command = {
  name: 'export',
  for: 'anyone',
  reads: true,
  asks: [
    {
      name: 'format',
      optional: true,
      field: ({ say }) => ({ label: say('privacy:export.label') }),
      read: (typed, _ctx, scene) => {
        const format = chosen(typed, choices(scene));
        if (format === undefined) throw new Refusal('export.format');
        return format;
      },
      question: (_ctx, _answers, { say }) => ({ body: say('privacy:export.label') }),
    },
  ],
  run: async (ctx, { format }, scene) => {
    const { say, who, shop } = scene;
    if (who.personId === null) throw new Refusal('export.nothing');
    const others = choices(scene)
      .filter(({ value }) => value !== format)
      .map(({ value, label }) => ({ label, does: `export ${value}` }));
    if (format === undefined)
      return {
        title: say(commandKey('export', 'title')),
        body: say('privacy:export.body', { shop: shop.name }),
        buttons: [others, [button(scene, 'privacy')]],
        show: 'privately',
      };
    return {
      body: say(`privacy:export.here.${format}`),
      file: await fileOf(format, ctx, scene),
      buttons: [[...others, button(scene, 'privacy')]],
      show: 'privately',
    };
  },
};
