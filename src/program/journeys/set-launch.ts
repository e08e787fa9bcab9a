import { Temporal } from 'temporal-polyfill';
import type { Prisma } from '../../database/generated/client.ts';
import { localTime } from '../calendar.ts';
import type { Context } from '../context.ts';
import { once } from '../once.ts';
import { Refusal } from '../refusal.ts';
import { requireOwner } from '../staff/require-owner.ts';
import { type Launch, launchSetting } from './launch.ts';

/** Further ahead nobody plans an opening. */
const daysAheadMax = 366;

/**
 * Sets the day of the opening (`YYYY-MM-DD`, the shop's calendar; null: there is none). Those who wait hear of a day that has moved. Messages for the day
 * before find nothing to say any more. Refuses: `owner.only`, `journey.launch_past` (not after today), `journey.launch_far` { max }.
 */
export async function setLaunch(
  ctx: Context,
  { day, timeZone }: { day: string | null; timeZone: string },
): Promise<Launch | null> {
  return once(ctx, async (tx) => {
    await requireOwner(tx, ctx);
    if (day === null) {
      await tx.setting.deleteMany({ where: { key: launchSetting } });
      return null;
    }
    const { day: today } = localTime(ctx.now, timeZone, 0);
    const ahead = Temporal.PlainDate.from(today).until(day, { largestUnit: 'days' }).days;
    if (ahead < 1) throw new Refusal('journey.launch_past');
    if (ahead > daysAheadMax) throw new Refusal('journey.launch_far', { max: daysAheadMax });
    const launch: Launch = { day, setAt: ctx.now.toISOString() };
    const value: Prisma.InputJsonObject = launch;
    await tx.setting.upsert({
      where: { key: launchSetting },
      create: { key: launchSetting, value, updatedAt: ctx.now },
      update: { value, updatedAt: ctx.now },
    });
    return launch;
  });
}
