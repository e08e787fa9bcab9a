import { Refusal } from '../refusal.ts';

/** Hours of the day in which nothing is sent, `HH:MM` each; `from` after `until`: over midnight. */
export type Quiet = { from: string; until: string };

/** Whether a clock that shows `time` (`HH:MM`) shows an hour in which nothing is sent. */
export const isQuiet = ({ from, until }: Quiet, time: string): boolean =>
  from < until ? from <= time && time < until : time >= from || time < until;

const time = '(\\d{1,2})(?:[:.](\\d{2}))?';
const typedHours = new RegExp(`^\\D{0,8}?${time}\\s*\\D{1,12}?\\s*${time}\\D{0,8}$`);

function clock(hour: string | undefined, minute = '00'): string | undefined {
  const hours = Number(hour) === 24 ? 0 : Number(hour);
  return hours < 24 && Number(minute) < 60 ? `${String(hours).padStart(2, '0')}:${minute}` : undefined;
}

/** Hours as people write them: `22:00–8:00`, `22-8`, `from 21.30 to 9`. Refuses: `settings.quiet_unclear` (none, or the whole day). */
export function readQuiet(typed: string): Quiet {
  const found = typedHours.exec(typed.normalize('NFKC').trim());
  const from = found ? clock(found[1], found[2]) : undefined;
  const until = found ? clock(found[3], found[4]) : undefined;
  if (from === undefined || until === undefined || from === until) throw new Refusal('settings.quiet_unclear');
  return { from, until };
}
