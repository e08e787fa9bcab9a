import type { When } from '../rules/rules.ts';
import type { MemberFacts, Priced } from './purchase.ts';

// A day has no more minutes than this can hold.
const minutes = new Map<string, number>();

function minuteOf(clock: string): number {
  let minute = minutes.get(clock);
  if (minute === undefined) {
    minute = Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
    minutes.set(clock, minute);
  }
  return minute;
}

function inHours({ from, until }: { from: string; until: string }, minute: number): boolean {
  const [begins, ends] = [minuteOf(from), minuteOf(until)];
  return begins <= ends ? minute >= begins && minute < ends : minute >= begins || minute < ends;
}

const dayMs = 86_400_000;

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/**
 * Whether a business day lies in the days around a birthday (`MM-DD`). Over the turn of the year too; 29 February is 28 February in
 * years that have none.
 */
export function nearBirthday(birthday: string | null, day: string, around: { before: number; after: number }): boolean {
  if (birthday === null) return false;
  const [year, month, date] = [Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10))];
  const today = Date.UTC(year, month - 1, date);
  const [birthMonth, birthDate] = [Number(birthday.slice(0, 2)), Number(birthday.slice(3, 5))];
  for (let each = year - 1; each <= year + 1; each += 1) {
    const leaps = birthMonth === 2 && birthDate === 29 && !isLeap(each);
    const daysAfter = Math.round((today - Date.UTC(each, birthMonth - 1, leaps ? 28 : birthDate)) / dayMs);
    if (daysAfter >= -around.before && daysAfter <= around.after) return true;
  }
  return false;
}

/** Whether a rule counts for this purchase of this member. Everything that is given must hold. */
export function matches(when: When | undefined, sale: Priced, member: MemberFacts): boolean {
  if (!when) return true;
  const { day, weekday, minute } = sale.time;
  return (
    (!when.days || when.days.includes(weekday)) &&
    (!when.from || day >= when.from) &&
    (!when.until || day <= when.until) &&
    (when.minimumMinor === undefined || sale.leftMinor >= when.minimumMinor) &&
    (!when.firstPurchase || member.purchases === 0) &&
    (!when.shops || (sale.shop !== null && when.shops.includes(sale.shop))) &&
    (!when.tiers || (member.tier !== null && when.tiers.includes(member.tier))) &&
    (!when.categories || sale.items.some(({ category }) => when.categories?.includes(category))) &&
    (!when.hours || inHours(when.hours, minute)) &&
    (!when.birthday || nearBirthday(member.birthday, day, when.birthday))
  );
}
