import type { Scene } from '../../chat/command.ts';
import type { Moment } from '../../program/campaigns/campaigns.ts';
import type { Context } from '../../program/context.ts';

/** When and by which rules a broadcast is judged here. */
export const momentOf = ({ now }: Pick<Context, 'now'>, { shop, program }: Scene): Moment => ({
  now,
  timeZone: shop.timeZone,
  rules: program.rules,
});
