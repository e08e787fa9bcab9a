import type { Scene } from '../chat/command.ts';
import type { Newcomer } from '../program/members/join.ts';

/** The person of this scene as the program notes somebody it may not know yet. */
export const newcomer = ({ from, name, language }: Scene): Newcomer => ({
  channel: from.channel,
  user: from.user,
  chat: from.chat,
  name,
  language,
});
