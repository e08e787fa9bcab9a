import { contactOf } from '../attention/contact.ts';
import type { Rules } from '../rules/rules.ts';

/**
 * Days after which is forgotten: what came from a messenger and was done (`events`; no messenger delivers again later, Telegram: 24 hours),
 * questions nobody answered, events that could not be read, codes that joined two messengers, what messengers call our pictures, and as the shop
 * decides settled messages and those of campaigns, whose figures stay.
 */
export function keepDays(rules: Pick<Rules, 'contact'>) {
  const { messagesDays, campaignsDays } = contactOf(rules).keep;
  return { events: 8, questions: 7, poison: 30, links: 30, uploads: 90, messages: messagesDays, campaigns: campaignsDays };
}

export type KeepDays = ReturnType<typeof keepDays>;
