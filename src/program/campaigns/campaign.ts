import type { Topic } from '../attention/topics.ts';
import type { Lane } from '../deliveries/lane.ts';
import type { Texts } from '../rules/rules.ts';

/**
 * `asked`: a second owner must agree. `scheduled`: begins by itself. `stopped`: ended by hand, what was not sent is not sent. `done`: everything is sent
 * or settled. A journey is `running`, or `paused` (switched off).
 */
export type CampaignState = 'draft' | 'asked' | 'scheduled' | 'running' | 'paused' | 'stopped' | 'done';

/** What stands under the message. A link's label and a question's answers are texts by language; a scale is answered by 0 to 10. */
export type CampaignButton =
  | { kind: 'claim'; label?: Texts }
  | { kind: 'link'; url: string; label: Texts }
  | { kind: 'question'; answers: readonly Texts[] }
  | { kind: 'scale' }
  | { kind: 'command'; does: string };

/** What a claim gives: a reward of the program as a coupon, for nothing, or points. */
export type Offer = { kind: 'reward'; reward: string } | { kind: 'points'; points: number };

/** `local`: at this hour of each member's own day, `YYYY-MM-DDTHH:MM`. */
export type Schedule = { kind: 'now' } | { kind: 'at'; at: string } | { kind: 'local'; at: string };

/** What all claims together may take, each absent: no limit. `minor`: the worth of what is given, in minor units. */
export type Budget = { coupons?: number; points?: number; minor?: number };

/** Several wordings are tried on `percent` of the people; after `hours` the one with more of `by` (per person reached) goes to the rest. */
export type SplitTest = { percent: number; by: 'claimed' | 'pressed' | 'answered'; hours: number };

/** Messages to many: an owner's broadcast, or a journey that runs by itself. */
export type Campaign = {
  id: number;
  kind: 'broadcast' | 'journey';
  key: string | null;
  name: string;
  state: CampaignState;
  topic: Topic;
  lane: Lane;
  /** In the grammar of segments; empty: everybody. */
  segment: string;
  /** The SHA-256 of its bytes in `media`. */
  picture: string | null;
  button: CampaignButton | null;
  offer: Offer | null;
  endsAt: Date | null;
  schedule: Schedule;
  budget: Budget;
  controlPercent: number;
  /** Letters, `a` first. */
  variants: readonly string[];
  test: SplitTest | null;
  winner: string | null;
  windowDays: number;
  resend: boolean;
  paid: boolean;
  worth: number;
  version: number;
  createdAt: Date;
  createdBy: number | null;
  startedAt: Date | null;
  /** Who pressed Start; an owner whose own yes was not enough is followed by `approvedBy`. */
  startedBy: number | null;
  approvedBy: number | null;
  /** When messages begin to be planned; null until it is started. */
  beginsAt: Date | null;
  /** The last member that is meant, once planning has begun: who came later is not. */
  upperMember: number | null;
  /** How far the planning has come, and when it was through. */
  plannedTo: number;
  plannedAt: Date | null;
  /** The segment as it was when planning began, saved segments in the place of their names. */
  meant: string | null;
  endedAt: Date | null;
  /** Which version of each variant's texts goes out (`textsOf`); null: the newest, as for journeys and drafts. */
  textVersions: Readonly<Record<string, number>> | null;
  /** What claims have taken of the budget so far. */
  given: { coupons: number; points: number; minor: number };
};

/** Where the words of a campaign stand (`message_text.slot`). */
export const slotOf = (campaign: Pick<Campaign, 'id' | 'kind' | 'key'>, variant = 'a'): string =>
  campaign.kind === 'journey' ? `journey:${campaign.key}` : `campaign:${campaign.id}:${variant}`;
