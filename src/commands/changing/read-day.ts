const isDay = (day: string): boolean => {
  const parsed = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(day);
};

/**
 * A day as people write it: `2026-12-24`, `24.12.2026`, `24.12.` (of `year`). Undefined: can't be read, or isn't in the calendar.
 * `24/12` is not read: half of the world writes the month first.
 */
export function readDay(typed: string, year: number): string | undefined {
  const text = typed.normalize('NFKC').trim();
  const iso = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  const dotted = /^(\d{1,2})\.\s?(\d{1,2})\.?(?:\s?(\d{4}))?$/.exec(text);
  const two = (part = ''): string => part.padStart(2, '0');
  const day = iso ? text : dotted ? `${dotted[3] ?? year}-${two(dotted[2])}-${two(dotted[1])}` : undefined;
  return day !== undefined && isDay(day) ? day : undefined;
}
