import type { Context } from '../../program/context.ts';
import { type Moved, type Preview, previewChange } from '../../program/preview/preview.ts';
import { pricesApart } from '../../program/preview/prices.ts';
import type { Rules } from '../../program/rules/rules.ts';
import { partsText } from '../rules/rules-text.ts';
import type { Reader } from '../rules/wording.ts';

/** The sentences that go and those that come, each on a line with its sign; empty when no sentence says the difference. */
export function differenceText(before: Rules, after: Rules, reader: Reader, now: Date): string[] {
  const lines = (rules: Rules): string[] => partsText(rules, reader, now, 'owner').flatMap((part) => part.split('\n').slice(1));
  const [was, will] = [lines(before), lines(after)];
  return [
    ...was.filter((line) => !will.includes(line)).map((line) => `− ${line}`),
    ...will.filter((line) => !was.includes(line)).map((line) => `+ ${line}`),
  ];
}

function movedText(which: 'gain' | 'lose', moved: Moved, { say }: Reader): string[] {
  if (moved.members === 0) return [];
  const sign = which === 'gain' ? '+' : '−';
  const most = moved.most.map(({ name, points }) => `${name} ${sign}${points}`).join(', ');
  return [say(`program:preview.${which}`, { count: moved.members, points: `${sign}${moved.points}`, most })];
}

function triedText({ days, sales, members, before, after, gain, lose, levels }: Preview, reader: Reader): string[] {
  const { say } = reader;
  if (sales === 0 && !levels?.up && !levels?.down) return [say('program:preview.no_sales', { days })];
  const worth =
    before.worthMinor === null || after.worthMinor === null
      ? []
      : [say('program:preview.worth', { before: before.worthMinor, after: after.worthMinor })];
  const discounts =
    before.discountMinor === after.discountMinor
      ? []
      : [say('program:preview.discounts', { before: before.discountMinor, after: after.discountMinor })];
  const unmoved = gain.members === 0 && lose.members === 0 ? [say('program:preview.same')] : [];
  return [
    ...(sales === 0
      ? [say('program:preview.no_sales', { days })]
      : [
          say('program:preview.sales', { days, sales, members }),
          say('program:preview.points', { before: before.points, after: after.points }),
          ...worth,
          ...discounts,
          ...movedText('gain', gain, reader),
          ...movedText('lose', lose, reader),
          ...unmoved,
        ]),
    ...(levels && levels.up + levels.down > 0 ? [say('program:preview.levels', { up: levels.up, down: levels.down })] : []),
  ];
}

/** What other rules would have done on the real sales of the last days; a sentence when they leave every price as it is. */
export async function previewText(ctx: Context, before: Rules, after: Rules, reader: Reader): Promise<string[]> {
  if (!pricesApart(before, after)) return [reader.say('program:preview.untouched')];
  const { timeZone } = reader.shop;
  return triedText(await previewChange(ctx.db, { before, after, now: ctx.now, timeZone }), reader);
}
