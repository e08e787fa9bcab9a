/** Money in minor units, points whole, percents as hundredths of one (1250 is 12.5 %), ids as people write them in the program's file. */

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** When a rule counts. Everything that is given must hold; times are in the shop's time zone, dates are whole business days, both included. */
export type When = {
  days?: Weekday[];
  /** `HH:MM`, the end not included; `22:00`–`02:00` goes over midnight. */
  hours?: { from: string; until: string };
  from?: string;
  until?: string;
  minimumMinor?: number;
  /** Products or categories, as staff type them: the purchase has at least one of them. */
  categories?: string[];
  tiers?: string[];
  shops?: string[];
  firstPurchase?: true;
  /** Days around the member's birthday. */
  birthday?: { before: number; after: number };
};

/** How purchases give points. Of several that match, the one that gives most counts (Square). */
export type EarnRule = { id: string; when?: When } & (
  | { kind: 'money'; points: number; perMinor: number; carry: boolean }
  | { kind: 'visit'; points: number }
  /** Points for every piece, of these categories when there are any. */
  | { kind: 'item'; points: number; categories?: string[] }
);

/**
 * What comes on top: `percent` more (10000 doubles) of what the base rule gives, or for the named categories of what it gives for them,
 * or `points` once. Higher priority first; one that does not stack ends the list.
 */
export type Bonus = {
  id: string;
  priority: number;
  stack: boolean;
  when?: When;
  /** At most so many times for a member. */
  timesPerMember?: number;
} & ({ percent: number; categories?: string[] } | { points: number });

/** How long points live. `end`: rolled to the end of that period. `inactivity`: anything earned or spent begins the months anew. */
export type Expiry =
  | { policy: 'never' }
  | { policy: 'months'; months: number; end: 'day' | 'month' | 'quarter' | 'year' }
  | { policy: 'inactivity'; months: number };

export type Tier = {
  id: string;
  name: string;
  /** Reached at this much and more: points or minor units, as `Tiers.by` says. */
  from: number;
  /** Percent more on what the base rule gives. */
  bonusPercent?: number;
  discountPercent?: number;
  /** How many days before everybody else they see offers and rewards. */
  earlyAccessDays?: number;
};

export type Tiers = { by: 'points' | 'money'; windowMonths: number; graceDays: number; warnDays: number; levels: Tier[] };

/** Texts by language; the program's default language must be there. */
export type Texts = Readonly<Record<string, string>>;

export type Reward = {
  id: string;
  name: Texts;
  about?: Texts;
  /** Points it costs; 0 for what is only given (stamps, birthday, tier). */
  cost: number;
  /** `hidden`: not in the list, given by a stamp card or a birthday. */
  hidden?: true;
  stock?: number;
  perMember?: number;
  tiers?: string[];
  from?: string;
  until?: string;
  /** How long the coupon is good for. */
  validDays: number;
  /** An https address of a picture, or none. */
  picture?: string;
} & (
  | { kind: 'money'; amountMinor: number }
  | { kind: 'percent'; percent: number; upToMinor?: number }
  | { kind: 'item'; item: string }
  | { kind: 'gift_card'; amountMinor: number }
  | { kind: 'privilege' }
  | { kind: 'event'; at: string; places: number; place?: string }
);

/** Buy n, get one. `of`: stamps on a full card, `reward`: what a full card gives. */
export type StampCard = {
  id: string;
  name: Texts;
  of: number;
  reward: string;
  /** A stamp for a purchase, or for every piece of these categories. */
  per: { kind: 'purchase'; minimumMinor?: number } | { kind: 'item'; categories: string[] };
};

/** A discount the cashier is told before the bill is closed. Of several that apply, the one worth most counts. */
export type Discount = { id: string; percent: number; minimumMinor?: number; shops?: string[] } & (
  | { kind: 'nth'; every: number; withinDays?: number }
  /** At least so many purchases within so many days. */
  | { kind: 'regular'; purchases: number; withinDays: number }
);

/** `soft`: the owners are told; `approval`: another person must agree; `hard`: refused. Points, except where it says money. */
export type Limit = { soft?: number; approval?: number; hard?: number };

export type Limits = {
  /** By role, and by a member of staff's own id where theirs differ. One entry, in minor units. */
  entryMinor?: Limit;
  /** Points one member may get from staff in one business day. */
  memberDay?: Limit;
  /** Points one member of staff may give in one business day. */
  staffDay?: Limit;
  /** Refunds of one member of staff in one business day, in minor units. */
  refundDayMinor?: Limit;
};

export type Store = {
  id: string;
  name: string;
  address?: string;
  timeZone?: string;
  hours?: { days: Weekday[]; from: string; until: string }[];
};

/** How the program speaks to people unasked. What is absent is as `contactOf` says (src/program/attention/contact.ts). */
export type ContactRules = {
  /** Marketing messages one person gets in seven days at most, over all campaigns and journeys. */
  perWeek?: number;
  /** The hours of a member's own day in which nobody is disturbed, `HH:MM`; over midnight when `until` is earlier; none when both are the same. */
  quiet?: { from: string; until: string };
  /** A broadcast that may give more than this needs a second owner's yes. */
  approveAbove?: { coupons?: number; points?: number; minor?: number };
  /** Days after which is forgotten again: settled messages, and those of campaigns, whose figures stay. */
  keep?: { messagesDays?: number; campaignsDays?: number };
};

/** The whole program, as one version keeps it. */
export type Rules = {
  earn: EarnRule[];
  bonuses: Bonus[];
  /** Points at most: for one purchase, for one member in one business day, for one member for ever. */
  caps: { purchase?: number; day?: number; member?: number };
  welcome: number;
  /** Who may join: everybody, or those with an invitation. */
  joining: 'open' | 'invited';
  /** Points wait so many days for the goods to stay sold. */
  pendingDays: number;
  expiry: Expiry;
  /** Days before points end at which their owner is told. */
  warnDays: number[];
  /** What a member may owe after a refund; more is written off. Absent: no limit. */
  debtLimit?: number;
  /** Paying with points: `points` are worth `worthMinor`; at most this share of a bill. Earned on what was paid with money, or on the bill. */
  pay?: { points: number; worthMinor: number; sharePercent: number; earnOn: 'paid' | 'bill' };
  tiers?: Tiers;
  rewards: Reward[];
  stamps: StampCard[];
  discounts: Discount[];
  limits: { staff: Limits; owner: Limits };
  birthday?: { reward: string };
  shops: Store[];
  /** Products and categories that staff may type, with the words they type. */
  categories: { id: string; name: Texts }[];
  /** The hour at which a business day begins. */
  dayStartsAt: number;
  contact?: ContactRules;
};

/** A version of the program in force. `id`s never change: what a sale was priced by can be read for ever. */
export type Program = { version: number; rules: Rules };

/** One point for a whole unit of money, the remainder carried, ten points of welcome, for ever. */
export const plainRules = (minorPerUnit: number): Rules => ({
  earn: [{ id: 'base', kind: 'money', points: 1, perMinor: minorPerUnit, carry: true }],
  bonuses: [],
  caps: {},
  welcome: 10,
  joining: 'open',
  pendingDays: 0,
  expiry: { policy: 'never' },
  warnDays: [30, 7, 1],
  rewards: [],
  stamps: [],
  discounts: [],
  limits: { staff: {}, owner: {} },
  shops: [],
  categories: [],
  dayStartsAt: 0,
});
