import { Temporal } from 'temporal-polyfill';
import { birthdaysOn } from '../calendar.ts';
import { inTime, type Journey, type JourneyMoment, lateAfter, morning, people } from './journey.ts';

/** For how many days the gift of a birthday is made up for (see giveBirthdays). */
const lateDays = 8;

/** Each day between `lateDays` ago and in a week and a bit, with the birthdays it is. */
function calendar({ now, timeZone }: Pick<JourneyMoment, 'now' | 'timeZone'>): { day: string; date: string }[] {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
  return Array.from({ length: lateDays + 10 }, (_, ahead) => today.add({ days: ahead - lateDays })).flatMap((date) =>
    birthdaysOn(date).map((day) => ({ day, date: date.toString() })),
  );
}

/**
 * The morning of a birthday: good wishes, and the day's gift when the program has one. The message follows the gift, so that it can name it; without
 * consent there is only the short note that a coupon is there.
 */
export const birthday: Journey = {
  key: 'birthday',
  topic: 'birthday',
  lane: 'campaign',
  worth: 90,
  button: { kind: 'command', does: 'coupons {coupon}' },
  due: {
    values: ({ rules, ...moment }) => [JSON.stringify(calendar(moment)), rules.birthday?.reward ?? null],
    sql: (member) => `
      SELECT m.id AS member_id, extract(year FROM b.date)::text AS period, x.at, coalesce(c.expires_at, x.at + ${lateAfter}) AS late_at,
        jsonb_strip_nulls(jsonb_build_object('reward', c.terms -> 'name', 'coupon', c.code, 'until', c.terms -> 'until')) AS said,
        c.id IS NOT NULL OR $5::text IS NULL AS ready, 0 AS rank
      FROM jsonb_to_recordset($4::jsonb) AS b(day text, date date) JOIN (${people}) ON m.birthday = b.day
        LEFT JOIN coupon c ON c.key = concat_ws(':', 'birthday', m.id, extract(year FROM b.date)::text)
        CROSS JOIN LATERAL (SELECT ${morning('b.date')} AS at) x
      WHERE ${member('m.id')} AND (c.id IS NOT NULL OR m.birthday_set_at < x.at + interval '14 hours') AND x.at <= $2::timestamptz
        AND (${inTime('x.at')} OR c.expires_at > $1::timestamptz) AND num_nonnulls(c.used_at, c.cancelled_at, c.expired_at) = 0`,
  },
};
