import type { View } from '../chat/view.ts';
import type { Notice } from '../notices/notice.ts';
import type { Claimed } from '../program/deliveries/claim.ts';
import { type CampaignTools, composeCampaign, isOfCampaign } from './compose-campaign.ts';

export type ComposeTools = CampaignTools & {
  notices: ReadonlyMap<string, Notice>;
  /** The card as it is now, for the place that always shows it; undefined: nothing to show. */
  renderHome(personId: number): Promise<View | undefined>;
  /** Messages that show how something stands when they are sent, by their notice. */
  screens?: ReadonlyMap<string, (row: Claimed) => Promise<View | undefined>>;
};

/**
 * What a delivery looks like now, in its person's language.
 * @returns undefined when there is nothing to say any more
 * @throws when the notice is unknown or its parameters do not fit
 */
export async function compose(row: Claimed, tools: ComposeTools): Promise<View | undefined> {
  const { notices, wordsFor, renderHome } = tools;
  if (row.place === 'home') return renderHome(row.personId);
  if (isOfCampaign(row)) return composeCampaign(row, tools);
  const screen = tools.screens?.get(row.notice);
  if (screen) return screen(row);
  const notice = notices.get(row.notice);
  if (!notice) throw new Error(`there is no notice ${row.notice}`);
  // A notice that brings a name of its own (a reward's) is about nobody else.
  return notice.render({ name: row.name, ...row.params }, wordsFor(row.language));
}
