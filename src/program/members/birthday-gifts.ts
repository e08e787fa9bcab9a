import { Temporal } from 'temporal-polyfill';
import { birthdaysOn, dayBegins, localTime } from '../calendar.ts';
import type { Context, Statement } from '../context.ts';
import { couponTerms } from '../rewards/terms.ts';
import { programAt } from '../settings/program.ts';

/** How many days after a birthday the gift is still given, when nobody was looking on the day. */
const lateDays = 7;

/** Nobody is woken by a gift: it comes from this hour of the day on. */
const fromHour = 9;

const give: Statement = { name: 'birthday_gifts', text: 'SELECT birthday_gifts($1, $2, $3, $4) AS count' };

/**
 * Gives the birthday's coupon (`rules.birthday.reward`) to members whose day it is in the program's zone, or was in the last days and went by unseen, from nine in the morning on:
 * once per member and year, told with the coupon. Up to `limit` at a time; call it until it returns 0. Being run twice or late does no harm.
 */
export async function giveBirthdays(
  { db, now, timeZone }: Pick<Context, 'db' | 'now'> & { timeZone: string },
  limit = 200,
): Promise<number> {
  const { rules } = await programAt(db, now);
  const reward = rules.rewards.find(({ id }) => id === rules.birthday?.reward);
  if (!reward) return 0;
  const { day: business, minute } = localTime(now, timeZone, rules.dayStartsAt);
  if (minute < fromHour * 60) return 0;
  const today = Temporal.PlainDate.from(business);
  const days = Array.from({ length: lateDays + 1 }, (_, ago) => today.subtract({ days: ago })).flatMap((date) => {
    const until = dayBegins(date.add({ days: 1 }).toString(), timeZone, rules.dayStartsAt);
    return birthdaysOn(date).map((day) => ({ day, year: date.year, until }));
  });
  const [row] = await db.run<{ count: number }>(give, [
    now,
    JSON.stringify(days),
    JSON.stringify(couponTerms(reward, now, rules, timeZone)),
    limit,
  ]);
  return row?.count ?? 0;
}
