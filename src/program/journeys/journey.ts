import type { Topic } from '../attention/topics.ts';
import type { CampaignButton } from '../campaigns/campaign.ts';
import type { Database } from '../context.ts';
import type { Lane } from '../deliveries/lane.ts';
import type { Rules } from '../rules/rules.ts';

/** When, by which rules and in which zone (the shop's) a journey is judged. */
export type JourneyMoment = { db: Database; now: Date; timeZone: string; rules: Rules };

/** `member('l.member_id')`: the condition that restricts the statement to one member when it is asked about one. */
export type OfMember = (column: string) => string;

/**
 * What is due, as SQL: `member_id`, `period` (what makes it happen once), `at` (its hour), `late_at` (after that it is not sent any more), `said` (JSON: what
 * the message says besides what holds for everybody), `ready` (false: foreseen, but not to be planned yet), `rank` (where only one of a member's is
 * wanted: the lowest). `$1` now, `$2` as far ahead as is asked, `$3` the shop's zone, `$4`… what `values` gives.
 */
export type Due = {
  /** Null: nothing can be due (the program has no rewards, no opening is planned). */
  values(moment: JourneyMoment): readonly unknown[] | null | Promise<readonly unknown[] | null>;
  sql(member: OfMember): string;
};

/** Something the program says by itself. Its switch, budget, offer, limits and texts are an owner's: they stand in its campaign. */
export type Journey = {
  key: string;
  topic: Topic;
  lane: Lane;
  /** What it is worth against other messages of the same week, until an owner says otherwise. */
  worth: number;
  /** Under the message, until an owner says otherwise. */
  button: CampaignButton | null;
  /** Null: it is planned where its moment is found (a tier's evaluation). */
  due: Due | null;
  /** At most one message of this journey in so many days, the one that ranks first. */
  restDays?: number;
  /** Never twice with the same period, also when the message itself is long forgotten. */
  ever?: true;
};

/** A member as journeys know them: their own card, in a zone. */
export const people = `member m JOIN wallet w ON w.member_id = m.id AND w.merged_into IS NULL
  JOIN person p ON p.id = m.person_id AND p.erased_at IS NULL`;

/** The zone whose days a member lives by. */
export const zone = 'coalesce(p.time_zone, $3::text)';

/** Ten in the morning of a day, where the member is: an hour that every day has, whatever its clocks do. */
export const morning = (day: string): string => `((${day}) + time '10:00') AT TIME ZONE ${zone}`;

/** The day of a moment where the member is. */
export const dayOf = (moment: string): string => `((${moment}) AT TIME ZONE ${zone})::date`;

/** How late a reminder may be; one that is later says something about a day that is over. */
export const lateAfter = `interval '6 hours'`;

/** Between what is too late and as far as is asked. */
export const inTime = (at: string): string => `${at} > $1::timestamptz - ${lateAfter} AND ${at} <= $2::timestamptz`;

/**
 * What may be told until it has ended, told only for so long after its hour: a message is remembered for thirty days at least (`keepDays`), and it may be
 * planned or left out a week before its hour. Looked at for longer, it would be told again once it is forgotten.
 */
export const notForgotten = (at: string): string => `${at} > $1::timestamptz - interval '21 days'`;
