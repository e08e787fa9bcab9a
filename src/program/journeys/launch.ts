import type { Database } from '../context.ts';
import { dayOf, inTime, type Journey, lateAfter, morning, people } from './journey.ts';

const setting = 'launch';

/** The day of the opening (`YYYY-MM-DD`, the shop's calendar), and when it was set. */
export type Launch = { day: string; setAt: string };

/** The opening that an owner has set, or null. */
export async function launchOf({ prisma }: Pick<Database, 'prisma'>): Promise<Launch | null> {
  const row = await prisma.setting.findUnique({ where: { key: setting } });
  return (row?.value as Launch | null | undefined) ?? null;
}

/** Where the opening is kept among the settings. */
export const launchSetting = setting;

// Noon of the opening's day: whatever zone it is shown in, it is that day.
const said = `jsonb_build_object('date', ($4::date + time '12:00') AT TIME ZONE $3::text)`;

const around = (key: string, worth: number, at: string, whom: string, does: string): Journey => ({
  key,
  topic: 'offers',
  lane: 'campaign',
  worth,
  button: { kind: 'command', does },
  due: {
    values: async ({ db }) => {
      const launch = await launchOf(db);
      return launch && [launch.day, launch.setAt];
    },
    sql: (member) => `
      SELECT m.id AS member_id, ($4::date)::text AS period, x.at, x.at + ${lateAfter} AS late_at, ${said} AS said, true AS ready, 0 AS rank
      FROM ${people} CROSS JOIN LATERAL (SELECT ${dayOf('m.joined_at')} AS joined) j CROSS JOIN LATERAL (SELECT ${morning(at)} AS at) x
      WHERE $5::timestamptz IS NOT NULL AND ${member('m.id')} AND ${inTime('x.at')} AND ${whom}
        AND $4::date BETWEEN ($1::timestamptz AT TIME ZONE $3::text)::date - 20 AND ($2::timestamptz AT TIME ZONE $3::text)::date + 10`,
  },
});

const noticed = `${dayOf('$5::timestamptz')} + 1`;

/** To those who wait: a week before the opening, or the morning after they joined (or the day was set), whichever is later. */
export const launchBefore = around(
  'launch-before',
  65,
  `greatest($4::date - 7, j.joined + 1, ${noticed})`,
  `j.joined < $4::date AND greatest($4::date - 7, j.joined + 1, ${noticed}) < $4::date`,
  'card',
);

/** The morning of the opening. */
export const launchOpen = around('launch-open', 95, '$4::date', 'j.joined < $4::date', 'shops');

/** The morning after it, to everybody who had joined by then. */
export const launchAfter1 = around('launch-after-1', 42, '$4::date + 1', 'j.joined <= $4::date', 'rewards');

/** Two weeks later. */
export const launchAfter14 = around('launch-after-14', 38, '$4::date + 14', 'j.joined <= $4::date + 7', 'rewards');
