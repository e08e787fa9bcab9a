import type { View } from '../chat/view.ts';
import type { Say } from '../chat/words.ts';
import type { Notice } from '../notices/notice.ts';
import type { Claimed } from '../program/deliveries/claim.ts';

export type ComposeTools = {
  notices: ReadonlyMap<string, Notice>;
  /** The words of a language; null: the shop's own. */
  wordsFor(language: string | null): Say;
  /** The card as it is now, for the place that always shows it; undefined: nothing to show. */
  renderHome(personId: number): Promise<View | undefined>;
};

/**
 * What a delivery looks like now, in its person's language.
 * @returns undefined when there is nothing to say any more
 * @throws when the notice is unknown or its parameters do not fit
 */
export async function compose(row: Claimed, { notices, wordsFor, renderHome }: ComposeTools): Promise<View | undefined> {
  if (row.place === 'home') return renderHome(row.personId);
  const notice = notices.get(row.notice);
  if (!notice) throw new Error(`there is no notice ${row.notice}`);
  // A notice that brings a name of its own (a reward's) is about nobody else.
  return notice.render({ name: row.name, ...row.params }, wordsFor(row.language));
}
