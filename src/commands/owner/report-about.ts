const usualDays = 30;
const mostDays = 366;

/** What is reported: `#3` a person, `30` days, `@old-town` a shop, `p2` a page, in any order; how the answer is kept. */
export type About = { person?: number; days: number; shop?: string; page: number };

/** As an answer keeps it, and a button says it. */
export const writtenAbout = ({ person, days, shop, page }: About): string =>
  [person === undefined ? '' : `#${person}`, String(days), shop === undefined ? '' : `@${shop}`, `p${page}`]
    .filter(Boolean)
    .join(' ');

/** Reads it, and gives back the words that are none of it: a name. */
export function readAbout(kept: string): { about: About; rest: string } {
  const about: About = { days: usualDays, page: 1 };
  const rest: string[] = [];
  for (const word of kept.split(/\s+/).filter(Boolean)) {
    const found = /^(#|@|p)?(.+)$/u.exec(word);
    const [, sign = '', value = ''] = found ?? [];
    const isNumber = /^\d{1,9}$/.test(value);
    if (sign === '#' && isNumber) about.person = Number(value);
    else if (sign === '@') about.shop = value;
    else if (sign === 'p' && isNumber) about.page = Math.max(1, Number(value));
    else if (sign === '' && isNumber) about.days = Math.min(mostDays, Math.max(1, Number(value)));
    else rest.push(word);
  }
  return { about, rest: rest.join(' ') };
}
