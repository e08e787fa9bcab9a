import type { Command } from '../chat/command.ts';
import { balance } from './member/balance.ts';
import { cancel } from './member/cancel.ts';
import { card } from './member/card.ts';
import { consent } from './member/consent.ts';
import { help } from './member/help.ts';
import { history } from './member/history.ts';
import { join } from './member/join.ts';
import { language } from './member/language.ts';
import { privacy } from './member/privacy.ts';
import { start } from './member/start.ts';
import { why } from './member/why.ts';
import { accept } from './owner/accept.ts';
import { poster } from './owner/poster.ts';
import { program, programChange } from './owner/program.ts';
import { team } from './owner/team.ts';
import { teamInvite, teamRevoke } from './owner/team-invite.ts';
import { teamRemove } from './owner/team-remove.ts';
import { verify } from './owner/verify.ts';
import { credit } from './staff/credit.ts';
import { member } from './staff/member.ts';
import { refund } from './staff/refund.ts';
import { undo } from './staff/undo.ts';

/** Everything people can do, in the order in which menus and help show it. */
export const commands: readonly Command[] = [
  credit,
  undo,
  refund,
  member,
  balance,
  card,
  history,
  why,
  team,
  teamInvite,
  teamRemove,
  poster,
  program,
  programChange,
  verify,
  start,
  language,
  privacy,
  help,
  cancel,
  join,
  consent,
  accept,
  teamRevoke,
];
