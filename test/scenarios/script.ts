import { Temporal } from 'temporal-polyfill';

/** What happens in a scenario, as its line says. Money in minor units, `receipt` as the line calls it. */
export type Deed =
  | { do: 'join'; who: string; birthday?: string }
  | {
      do: 'buy';
      who: string;
      amountMinor: number;
      receipt: string;
      items: { category: string; pieces: number }[];
      shop: string | null;
    }
  | { do: 'return'; who: string; amountMinor: number | null; receipt: string }
  | { do: 'redeem' | 'cancel' | 'use'; who: string; reward: string }
  | { do: 'pay'; who: string; amountMinor: number; receipt: string }
  | { do: 'stamp'; who: string; card: string; count: number }
  | { do: 'link'; who: string; other: string }
  | { do: 'night' }
  | { do: 'change' };

export type Event = { line: string; at: Date; deed: Deed; refused: string | null };

const minor = (money: string): number => Math.round(Number(money) * 100);

const grammar: [RegExp, (found: Record<string, string | undefined>) => Deed][] = [
  [
    /^(?<who>\w+) joins(?:, born on (?<born>\d\d-\d\d))?$/,
    ({ who = '', born }) => ({ do: 'join', who, ...(born ? { birthday: born } : {}) }),
  ],
  [
    /^(?<who>\w+) buys (?<money>[\d.]+)(?: \((?<items>[^)]+)\))?(?: at (?<shop>\w+))?(?: as (?<receipt>[\w-]+))?$/,
    ({ who = '', money = '', items, shop, receipt }) => ({
      do: 'buy',
      who,
      amountMinor: minor(money),
      receipt: receipt ?? '',
      shop: shop ?? null,
      items: (items ?? '')
        .split(', ')
        .filter(Boolean)
        .map((item) => {
          const [pieces = '1', category = ''] = item.split(' ');
          return { category, pieces: Number(pieces) };
        }),
    }),
  ],
  [
    /^(?<who>\w+) returns (?:(?<money>[\d.]+) of )?(?<receipt>[\w-]+)$/,
    ({ who = '', money, receipt = '' }) => ({
      do: 'return',
      who,
      receipt,
      amountMinor: money === undefined ? null : minor(money),
    }),
  ],
  [/^(?<who>\w+) redeems (?<reward>[\w-]+)$/, ({ who = '', reward = '' }) => ({ do: 'redeem', who, reward })],
  [/^(?<who>\w+) gives (?<reward>[\w-]+) back$/, ({ who = '', reward = '' }) => ({ do: 'cancel', who, reward })],
  [/^(?<who>\w+) uses (?<reward>[\w-]+)$/, ({ who = '', reward = '' }) => ({ do: 'use', who, reward })],
  [
    /^(?<who>\w+) pays (?<money>[\d.]+) with points(?: as (?<receipt>[\w-]+))?$/,
    ({ who = '', money = '', receipt }) => ({ do: 'pay', who, amountMinor: minor(money), receipt: receipt ?? '' }),
  ],
  [
    /^(?<who>\w+) gets (?<count>\d+) stamps? on (?<card>[\w-]+)$/,
    ({ who = '', count = '1', card = '' }) => ({ do: 'stamp', who, card, count: Number(count) }),
  ],
  [/^(?<who>\w+) is also (?<other>\w+)$/, ({ who = '', other = '' }) => ({ do: 'link', who, other })],
  [/^the night passes$/, () => ({ do: 'night' })],
  [/^the program changes$/, () => ({ do: 'change' })],
];

/**
 * Reads a line like `2026-03-01 10:00 anna buys 18.40 as R1`, without a time at noon, with `refused: code` at its end when it must be. Throws
 * on what it does not understand: a scenario never says something that is not done.
 */
export function readEvent(line: string, timeZone: string): Event {
  const [, day = '', time = '12:00', rest = ''] = /^(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d))? (.+)$/.exec(line) ?? [];
  const [text = '', refused = null] = rest.split(', refused: ');
  for (const [shape, make] of grammar) {
    const found = shape.exec(text);
    if (!found) continue;
    const at = Temporal.PlainDateTime.from(`${day}T${time}`).toZonedDateTime(timeZone);
    return { line, at: new Date(at.epochMilliseconds), deed: make(found.groups ?? {}), refused };
  }
  throw new Error(`nobody understands "${line}"`);
}
