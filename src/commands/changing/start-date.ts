import type { Scene } from '../../chat/command.ts';
import { dayBegins, localTime } from '../../program/calendar.ts';
import type { Context, Database } from '../../program/context.ts';
import { Refusal } from '../../program/refusal.ts';
import type { Program } from '../../program/rules/rules.ts';
import { programAt, programOf } from '../../program/settings/program.ts';
import { type Choice, chosen } from '../choice.ts';
import { readDay } from './read-day.ts';

/** When a change begins: at once, or with a business day; `version` is the one in force then, which it is made from. */
export type Start = { day: 'now' | string; version: number };

const mostYears = 5;

const todayOf = (scene: Scene, now: Date): string => localTime(now, scene.shop.timeZone, scene.program.rules.dayStartsAt).day;

const daysAfter = (day: string, days: number): string => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

/** Days that stand in buttons: now, tomorrow, next Monday. */
export function startChoices(scene: Scene, now: Date): Choice[] {
  const today = todayOf(scene, now);
  const toMonday = 7 - ((new Date(today).getUTCDay() + 6) % 7);
  return [
    { value: 'now', label: scene.say('program:start.now') },
    { value: daysAfter(today, 1), label: scene.say('program:start.tomorrow') },
    // On a Sunday, tomorrow is Monday.
    ...(toMonday === 1 ? [] : [{ value: daysAfter(today, toMonday), label: scene.say('program:start.monday') }]),
  ];
}

/** The moment a start stands for. */
export const startsAt = ({ day }: Pick<Start, 'day'>, scene: Scene, now: Date): Date =>
  day === 'now' ? now : dayBegins(day, scene.shop.timeZone, scene.program.rules.dayStartsAt);

/** Reads when a change shall begin and notes what it will be made from, so that no other change is lost. Refuses what is past or too far. */
export async function readStart(typed: string, ctx: Context, scene: Scene): Promise<string> {
  const kept = /^(now|\d{4}-\d\d-\d\d)@\d+$/.exec(typed);
  if (kept) return typed;
  const today = todayOf(scene, ctx.now);
  const read = chosen(typed, startChoices(scene, ctx.now)) ?? readDay(typed, Number(today.slice(0, 4)));
  if (read === undefined) throw new Refusal('program.day_unclear');
  const day = read === today ? 'now' : read;
  if (day !== 'now' && day < today) throw new Refusal('program.in_the_past');
  if (day !== 'now' && Number(day.slice(0, 4)) > Number(today.slice(0, 4)) + mostYears) throw new Refusal('program.day_unclear');
  const { version } = await programAt(ctx.db, startsAt({ day }, scene, ctx.now));
  return `${day}@${version}`;
}

/** The start that was kept, and the rules it is made from. */
export async function startOf(kept: string, db: Database): Promise<Start & { base: Program }> {
  const [day = 'now', version] = kept.split('@');
  const base = await programOf(db, Number(version));
  return { day, version: base.version, base };
}
