import type { Scene } from '../../chat/command.ts';
import type { View } from '../../chat/view.ts';
import type { Say } from '../../chat/words.ts';
import { codesPdf } from '../../pictures/codes-pdf.ts';
import type { Batch, Gives } from '../../program/gifts/batches.ts';
import { codesCsv } from '../../program/gifts/codes-csv.ts';
import { shownPrintedCode } from '../../program/gifts/printed-codes.ts';
import { lastMomentOf } from '../../program/ledger/points.ts';
import { textIn } from '../../program/rewards/text-in.ts';

/** What a printed code gives, in a few words of a language. */
export const givesText = (gives: Gives, say: Say, { shop }: Pick<Scene, 'shop'>): string =>
  'points' in gives ? say('gifts:codes.points', { count: gives.points }) : textIn(gives.reward.name, say.language, shop.language);

/** A moment of the last day on which codes are good, for showing. */
export const lastDay = (batch: Pick<Batch, 'expiresAt'>, { program }: Pick<Scene, 'program'>): Date =>
  lastMomentOf(new Date(batch.expiresAt), program.rules);

/** A batch as a file, in the shop's language: sheets to print and cut, or a table for a printing house. */
export async function codesFile(
  batch: Batch,
  codes: readonly string[],
  format: 'pdf' | 'csv',
  scene: Scene,
): Promise<NonNullable<View['file']>> {
  const { shop, speak, link } = scene;
  const say = speak(shop.language);
  const listed = codes.map((code) => ({ shown: shownPrintedCode(code), link: link(`p_${code}`) ?? code }));
  const gives = givesText(batch.gives, say, scene);
  const until = say('rewards:until', { at: lastDay(batch, scene) });
  const name = `codes-${batch.id}.${format}`;
  if (format === 'csv') return { name, bytes: codesCsv(listed, gives, until) };
  return { name, bytes: await codesPdf({ shop: shop.name, gives, until, how: say('gifts:codes.how'), codes: listed }) };
}

/** The buttons under a batch just made: its files once more, and taking it back. The secret is in them and nowhere else. */
export const fileButtons = (batch: Batch, seed: string, { say }: Pick<Scene, 'say'>) => [
  (['pdf', 'csv'] as const).map((format) => ({
    label: say(`gifts:codes.file.${format}`),
    does: `codes file ${batch.id} ${format} ${seed}`,
  })),
  [{ label: say('gifts:codes.cancel_this'), does: `codes cancel ${batch.id}` }],
];
