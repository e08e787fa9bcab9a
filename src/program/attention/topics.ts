/**
 * What somebody can mute by itself. `reminders` (points, coupons and levels that end) are no marketing: they need no consent, but can be muted.
 * Everything else is sent only to who agreed to marketing.
 */
export const topics = ['offers', 'tips', 'birthday', 'comeback', 'reminders'] as const;

export type Topic = (typeof topics)[number];
