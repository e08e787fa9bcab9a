import type { Audience } from '../../program/campaigns/audience.ts';
import { mostStars } from '../../program/campaigns/paid-price.ts';

/** How many of the people are written to on Telegram, the one messenger that can be paid for speed. */
export const onTelegram = (audience: Audience | null): number =>
  audience?.byChannel.find(({ channel }) => channel === 'telegram')?.members ?? 0;

/** The most Stars that a paid broadcast costs. */
export const mostStarsOf = (audience: Audience | null): number => mostStars(onTelegram(audience));
