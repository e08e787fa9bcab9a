import type { Rules } from '../../program/rules/rules.ts';
import type { Part } from '../rules/rules-text.ts';
import { contactSettings } from './contact-settings.ts';
import { bonusesSettings, earningSettings } from './earning-settings.ts';
import type { Setting } from './kind.ts';
import { joiningSettings, paySettings, pointsSettings } from './points-settings.ts';
import { discountsSettings, rewardsSettings, stampsSettings } from './reward-settings.ts';
import { tiersSettings } from './tier-settings.ts';

/** The parts of a program that are changed in chat. The rest (limits, shops, categories) is changed by its file. */
export const changeable = [
  'earn',
  'bonuses',
  'points',
  'joining',
  'pay',
  'tiers',
  'rewards',
  'stamps',
  'discounts',
  'contact',
] as const;
export type Changeable = (typeof changeable)[number] & Part;

const byPart: Record<Changeable, (rules: Rules) => Setting[]> = {
  earn: earningSettings,
  bonuses: bonusesSettings,
  points: pointsSettings,
  joining: joiningSettings,
  pay: paySettings,
  tiers: tiersSettings,
  rewards: rewardsSettings,
  stamps: stampsSettings,
  discounts: discountsSettings,
  contact: contactSettings,
};

/** What of a part of these rules can be changed by one answer. */
export const settingsOf = (part: Changeable, rules: Rules): Setting[] => byPart[part](rules);

/** Everything of these rules that can be changed by one answer. */
export const allSettings = (rules: Rules): Setting[] => changeable.flatMap((part) => settingsOf(part, rules));
