import type { Command } from '../chat/command.ts';
import { broadcastApprove, broadcastDecline } from './broadcast/approve.ts';
import { broadcastDetails } from './broadcast/details.ts';
import { broadcast } from './broadcast/list.ts';
import { broadcastLook, broadcastTest } from './broadcast/look.ts';
import { broadcastNew } from './broadcast/new.ts';
import { broadcastPeople } from './broadcast/people.ts';
import { broadcastReport } from './broadcast/report.ts';
import { broadcastSet } from './broadcast/set.ts';
import { broadcastEverybody, broadcastStart } from './broadcast/start.ts';
import { broadcastPause, broadcastResume, broadcastStop } from './broadcast/steer.ts';
import { broadcastUncertain } from './broadcast/uncertain.ts';
import { broadcastFallback, broadcastText, broadcastWords } from './broadcast/words.ts';
import { journeysEffect } from './journeys/effect.ts';
import { journeysLaunch } from './journeys/launch.ts';
import { journeys } from './journeys/list.ts';
import { journeysLook, journeysTest } from './journeys/look.ts';
import { journeysSet, journeysSwitch } from './journeys/set.ts';
import { reportSkip, reportUpcoming } from './journeys/upcoming.ts';
import { journeysOurs, journeysText, journeysWords } from './journeys/words.ts';
import { balance } from './member/balance.ts';
import { birthday } from './member/birthday.ts';
import { cancel } from './member/cancel.ts';
import { card } from './member/card.ts';
import { claim } from './member/claim.ts';
import { consent } from './member/consent.ts';
import { coupons } from './member/coupons.ts';
import { couponsCancel } from './member/coupons-cancel.ts';
import { erase } from './member/erase.ts';
import { events } from './member/events.ts';
import { exporting } from './member/export.ts';
import { give } from './member/give.ts';
import { help } from './member/help.ts';
import { history } from './member/history.ts';
import { join } from './member/join.ts';
import { language } from './member/language.ts';
import { link, linkMerge, linkTake } from './member/link.ts';
import { mute, unmute } from './member/mute.ts';
import { offerAnswer, offerOpen, offerTake } from './member/offer-press.ts';
import { offers } from './member/offers.ts';
import { payment } from './member/payment.ts';
import { phone } from './member/phone.ts';
import { privacy } from './member/privacy.ts';
import { privacyLog } from './member/privacy-log.ts';
import { redeem } from './member/redeem.ts';
import { rewards } from './member/rewards.ts';
import { seat, seatLeave } from './member/seat.ts';
import { settings } from './member/settings.ts';
import { settingsKinds } from './member/settings-kinds.ts';
import { settingsQuiet, settingsZone } from './member/settings-times.ts';
import { shops } from './member/shops.ts';
import { stamps } from './member/stamps.ts';
import { start } from './member/start.ts';
import { stop } from './member/stop.ts';
import { tier } from './member/tier.ts';
import { why } from './member/why.ts';
import { accept } from './owner/accept.ts';
import { approve, decline } from './owner/approve.ts';
import { codes, codesCancel, codesFileAgain } from './owner/codes.ts';
import { codesMake } from './owner/codes-make.ts';
import { merge } from './owner/merge.ts';
import { pending } from './owner/pending.ts';
import { poster } from './owner/poster.ts';
import { program, rules } from './owner/program.ts';
import { programBonus } from './owner/program-bonus.ts';
import { programChange } from './owner/program-change.ts';
import { programDiscount, programStamp } from './owner/program-discount.ts';
import { programBack, programHistory } from './owner/program-history.ts';
import { programLevel } from './owner/program-level.ts';
import { programLevels } from './owner/program-levels.ts';
import { programPlan, programUnplan } from './owner/program-plan.ts';
import { programPreset } from './owner/program-preset.ts';
import { programReward } from './owner/program-reward.ts';
import { programRemove, programSet } from './owner/program-set.ts';
import { report } from './owner/report.ts';
import { reportMechanics } from './owner/report-mechanics.ts';
import { reportTeam } from './owner/report-team.ts';
import { team } from './owner/team.ts';
import { teamInvite, teamRevoke } from './owner/team-invite.ts';
import { teamLimit } from './owner/team-limit.ts';
import { teamRemove } from './owner/team-remove.ts';
import { teamShop } from './owner/team-shop.ts';
import { tierSet } from './owner/tier-set.ts';
import { tiers } from './owner/tiers.ts';
import { unmerge } from './owner/unmerge.ts';
import { verify } from './owner/verify.ts';
import { voidCoupon } from './owner/void-coupon.ts';
import { segments } from './segments/segments.ts';
import { segmentsChange, segmentsNew, segmentsRename } from './segments/segments-change.ts';
import { segmentsRemove } from './segments/segments-remove.ts';
import { credit } from './staff/credit.ts';
import { enrol, enrolAgain } from './staff/enrol.ts';
import { guests } from './staff/guests.ts';
import { member } from './staff/member.ts';
import { pay } from './staff/pay.ts';
import { payCancel } from './staff/pay-cancel.ts';
import { refund } from './staff/refund.ts';
import { shop, shopFirst } from './staff/shop.ts';
import { stamp, stampUndo } from './staff/stamp.ts';
import { tag } from './staff/tag.ts';
import { undo } from './staff/undo.ts';
import { use } from './staff/use.ts';

/** Everything people can do, in the order in which menus and help show it. */
export const commands: readonly Command[] = [
  credit,
  undo,
  refund,
  pay,
  use,
  guests,
  stamp,
  member,
  tag,
  enrol,
  shop,
  balance,
  rewards,
  redeem,
  coupons,
  offers,
  claim,
  give,
  events,
  seat,
  card,
  stamps,
  tier,
  history,
  why,
  link,
  phone,
  birthday,
  shops,
  rules,
  broadcast,
  broadcastNew,
  broadcastReport,
  team,
  teamInvite,
  teamRemove,
  teamShop,
  teamLimit,
  merge,
  unmerge,
  approve,
  report,
  reportMechanics,
  reportTeam,
  reportUpcoming,
  journeys,
  journeysLaunch,
  tiers,
  tierSet,
  segments,
  segmentsNew,
  poster,
  codes,
  codesMake,
  voidCoupon,
  program,
  programChange,
  pending,
  verify,
  start,
  language,
  settings,
  stop,
  privacy,
  exporting,
  erase,
  help,
  cancel,
  join,
  consent,
  privacyLog,
  accept,
  teamRevoke,
  linkTake,
  linkMerge,
  enrolAgain,
  payment,
  payCancel,
  decline,
  shopFirst,
  couponsCancel,
  seatLeave,
  codesFileAgain,
  codesCancel,
  stampUndo,
  offerTake,
  offerOpen,
  offerAnswer,
  mute,
  unmute,
  settingsKinds,
  settingsQuiet,
  settingsZone,
  programSet,
  programRemove,
  programBonus,
  programLevel,
  programReward,
  programDiscount,
  programStamp,
  programPreset,
  programHistory,
  programBack,
  programPlan,
  programUnplan,
  journeysSwitch,
  journeysSet,
  journeysWords,
  journeysText,
  journeysOurs,
  journeysLook,
  journeysTest,
  journeysEffect,
  reportSkip,
  programLevels,
  segmentsChange,
  segmentsRename,
  segmentsRemove,
  broadcastSet,
  broadcastWords,
  broadcastText,
  broadcastFallback,
  broadcastPeople,
  broadcastDetails,
  broadcastLook,
  broadcastTest,
  broadcastStart,
  broadcastEverybody,
  broadcastPause,
  broadcastResume,
  broadcastStop,
  broadcastApprove,
  broadcastDecline,
  broadcastUncertain,
];
