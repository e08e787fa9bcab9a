import pg from 'pg';
import { Temporal } from 'temporal-polyfill';

/** Clocks change in Europe on 25 October 2026, in America on 1 November; on Lord Howe they changed by half an hour before. */
const zones = ['Europe/Helsinki', 'America/New_York', 'Asia/Tokyo', 'Australia/Lord_Howe', 'Pacific/Honolulu'];
export const firstDay = Temporal.PlainDate.from('2026-10-20');
export const days = 14;
export const channel = 'chaos';
/** The shop's. */
export const timeZone = 'Europe/Helsinki';

/** What must be sent: to whom, of which journey, and from which moment on. */
export type Expected = { member: number; key: string; at: number };

const morning = (day: Temporal.PlainDate, zone: string): number =>
  day.toZonedDateTime({ timeZone: zone, plainTime: { hour: 10 } }).epochMilliseconds;

/** Of each kind of reminder a member each, on a day of the fortnight, in one zone after the other; and what is expected of it. */
export async function fillReminders(url: string, members: number): Promise<Expected[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const day = (n: number) => firstDay.add({ days: 1 + (Math.floor(n / 4) % (n % 4 === 3 ? days - 8 : days - 2)) });
  const expected: Expected[] = [];
  const rows = Array.from({ length: members }, (_, n) => {
    const zone = zones[n % zones.length] as string;
    const [member, kind, on] = [n + 1, n % 4, day(n)];
    const expect = (key: string, date: Temporal.PlainDate) => void expected.push({ member, key, at: morning(date, zone) });
    const years = on
      .subtract({ years: 3 })
      .toZonedDateTime({ timeZone: zone, plainTime: { hour: 12 } })
      .toInstant()
      .toString();
    if (kind === 0) expect('anniversary', on);
    if (kind === 1) expect('birthday', on);
    if (kind === 2) expect('comeback-30', on);
    // Points that end at the shop's midnight a week after: on a day of the member's own, seven before and one before.
    const ends = on.add({ days: 7 });
    if (kind === 3) {
      const there = ends.toZonedDateTime({ timeZone }).withTimeZone(zone).toPlainDate();
      for (const step of [7, 1]) expect('expiring', there.subtract({ days: step }));
    }
    return {
      ...{
        id: member,
        zone,
        joined: kind === 0 ? years : '2025-01-05T12:00:00Z',
        birthday: kind === 1 ? on.toString().slice(5) : null,
      },
      visit:
        kind === 2
          ? on
              .subtract({ days: 60 })
              .toZonedDateTime({ timeZone: zone, plainTime: { hour: 12 } })
              .toInstant()
              .toString()
          : null,
      ends: kind === 3 ? ends.toZonedDateTime({ timeZone: timeZone }).toInstant().toString() : null,
      given: kind === 3 ? on.subtract({ days: 2 }).toZonedDateTime({ timeZone: timeZone }).toInstant().toString() : null,
    };
  });
  const all = `SELECT * FROM jsonb_to_recordset($1) AS r(id int, zone text, joined timestamptz, birthday text, visit timestamptz, ends timestamptz, given timestamptz)`;
  const texts = [
    `INSERT INTO person (id, name, language, created_at, marketing, time_zone) SELECT id, 'm' || id, 'en', joined, true, zone FROM (${all}) r`,
    `INSERT INTO address (person_id, channel, user_id, chat_id, used_at) SELECT id, '${channel}', id, id, joined FROM (${all}) r`,
    `INSERT INTO member (id, person_id, code, joined_at, birthday, birthday_set_at) SELECT id, id, lpad(id::text, 9, '0'), joined, birthday, joined FROM (${all}) r`,
    `INSERT INTO wallet (member_id, head, balance) SELECT id, '', CASE WHEN ends IS NULL THEN 0 ELSE 40 END FROM (${all}) r`,
    `INSERT INTO sale (member_id, amount_minor, currency, receipt, at, created_at, key, request_hash, snapshot, points, balance_after)
      SELECT id, 500, 'EUR', 'r' || id, visit, visit, 'r' || id, '', '{}', 0, 0 FROM (${all}) r WHERE visit IS NOT NULL`,
    `INSERT INTO entry (id, member_id, version, kind, delta, debt, balance_after, debt_after, key, request_hash, at, reason, hash)
      SELECT id, id, 1, 'grant', 40, 0, 40, 0, 'e' || id, '', given, '{}', '' FROM (${all}) r WHERE ends IS NOT NULL`,
    `INSERT INTO lot (entry_id, member_id, earned, remaining, earned_at, expires_at) SELECT id, id, 40, 40, given, ends FROM (${all}) r WHERE ends IS NOT NULL`,
  ];
  try {
    for (const text of texts) await client.query(text, [JSON.stringify(rows)]);
  } finally {
    await client.end();
  }
  return expected;
}
