import { approvalAsked } from './approval-asked.ts';
import { approvalDecided } from './approval-decided.ts';
import { campaignDecided } from './campaign-decided.ts';
import { couponGiven } from './coupon-given.ts';
import { couponUsed } from './coupon-used.ts';
import { credited } from './credited.ts';
import { couponVoided, giftSpent, giftTaken, seatGiven, seatMissed } from './gifts.ts';
import { identityJoined, identityLinked, identityParted, identityStaffClaimed, identityStaffLinked } from './identity.ts';
import { limitPassed } from './limit-passed.ts';
import type { Notice } from './notice.ts';
import { payDeclined, payDone, payUnanswered } from './pay-answered.ts';
import { payAsk } from './pay-ask.ts';
import { payOver } from './pay-over.ts';
import { refunded } from './refunded.ts';
import { released } from './released.ts';
import { stamped } from './stamped.ts';
import { teamJoined } from './team-joined.ts';
import { teamRemoved } from './team-removed.ts';
import { tierChanged } from './tier-changed.ts';
import { undone } from './undone.ts';
import { welcome } from './welcome.ts';

/** Everything we tell people unasked, by name. (`home` is no notice: it is the card, painted where it always shows.) */
export const notices: ReadonlyMap<string, Notice> = new Map(
  [
    welcome,
    credited,
    undone,
    refunded,
    teamJoined,
    teamRemoved,
    limitPassed,
    approvalAsked,
    approvalDecided,
    campaignDecided,
    stamped,
    couponGiven,
    couponUsed,
    couponVoided,
    giftSpent,
    giftTaken,
    seatGiven,
    seatMissed,
    released,
    payAsk,
    payDone,
    payDeclined,
    payUnanswered,
    payOver,
    tierChanged,
    identityLinked,
    identityStaffLinked,
    identityStaffClaimed,
    identityJoined,
    identityParted,
  ].map((notice) => [notice.name, notice]),
);
