import type { Scene } from '../../chat/command.ts';
import type { Button } from '../../chat/view.ts';
import type { Campaign } from '../../program/campaigns/campaign.ts';
import type { DraftPatch } from '../../program/campaigns/draft.ts';
import type { Context } from '../../program/context.ts';
import { Refusal } from '../../program/refusal.ts';
import type { Choice } from '../choice.ts';

/** Whose draft it is that is asked about, and by whom. */
export type Asking = { ctx: Context; scene: Scene; draft: Campaign };

/** One thing of a draft that is set by one answer. */
export type Part = {
  /** How buttons and typed commands name it: `broadcast 12 time …`. */
  name: string;
  /** What is asked, and how it may be written. */
  text(asking: Asking): string | Promise<string>;
  /** What stands in buttons: values as `read` takes them. */
  choices?(asking: Asking): readonly Choice[] | Promise<readonly Choice[]>;
  /** Ways to somewhere else. */
  others?(asking: Asking): readonly (readonly Button[])[];
  /** Turns what was typed, pressed or sent into what is kept; takes what it gave. Throws Refusal. */
  read(typed: string, asking: Asking): string | Promise<string>;
  /** What the kept answer makes of the draft. */
  change(kept: string, asking: Asking): DraftPatch;
};

/** Reads one of a few words. Refuses: `broadcast.choice`. */
export function oneOf<Word extends string>(typed: string, ...words: Word[]): Word {
  const found = words.find((word) => word === typed.toLowerCase());
  if (!found) throw new Refusal('broadcast.choice');
  return found;
}

/** Reads a whole number, of percents too. Refuses: `broadcast.number` { min, max }. */
export function wholeIn(typed: string, min: number, max: number): number {
  const value = /^\d{1,9}\s?%?$/.test(typed) ? Number.parseInt(typed, 10) : Number.NaN;
  if (!(value >= min && value <= max)) throw new Refusal('broadcast.number', { min, max });
  return value;
}

/** A button for a part of the draft. With a slash: while another question is open, it is a command all the same. */
export const partButton = ({ id, version }: Pick<Campaign, 'id' | 'version'>, name: string, label: string): Button => ({
  label,
  does: `/broadcast set ${id}.${version} ${name}`,
});
