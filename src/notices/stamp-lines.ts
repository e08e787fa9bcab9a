import { z } from 'zod';
import type { Say } from '../chat/words.ts';
import { rewardName } from './reward-name.ts';

/** Stamps that came or went, as the database tells: on which card (its names by language), how full it is now, codes of coupons. */
export const stampsParam = z.array(
  z.object({
    card: z.string(),
    name: z.record(z.string(), z.string()),
    stamps: z.number().int(),
    count: z.number().int(),
    of: z.number().int().nonnegative(),
    coupons: z.array(z.string()),
  }),
);

/**
 * What happened to somebody's stamp cards, a sentence each: for the messages about purchases, whose `outcome.stamps` this is (whatever it
 * is: nothing, nothing is said).
 */
export function stampLines(stamps: unknown, say: Say): string[] {
  return stampsParam
    .catch([])
    .parse(stamps ?? [])
    .flatMap(({ name, stamps: moved, count, of, coupons }) => {
      const card = { name: rewardName({ name }, say), done: Math.max(count, 0), of, count: Math.abs(moved) };
      const many = { count: coupons.length };
      return [
        say(moved > 0 ? 'stamps:given' : 'stamps:taken', card),
        ...(coupons.length === 0 ? [] : [moved > 0 ? say('stamps:full', many) : say('stamps:coupon_taken')]),
      ];
    });
}
