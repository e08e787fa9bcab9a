import type { Database, Statement } from '../context.ts';

type Row = {
  user_id: string;
  language: string | null;
  role: 'staff' | 'owner' | null;
  code: string | null;
  credited: boolean;
  coupon: string | null;
};

/** What the program knows of somebody, for the page that shows what can be tried next. */
type PlaygroundPerson = {
  language: string | null;
  role: 'staff' | 'owner' | null;
  memberCode: string | null;
  credited: boolean;
  coupon: string | null;
};

const statement: Statement = {
  name: 'playground_people',
  text: `
    SELECT a.user_id, p.language, s.role, m.code, EXISTS (SELECT 1 FROM sale WHERE sale.member_id = m.id) AS credited,
      (SELECT c.code FROM coupon c WHERE c.member_id = m.id AND c.used_at IS NULL AND c.cancelled_at IS NULL AND c.expired_at IS NULL
        AND c.expires_at > $1 ORDER BY c.id DESC LIMIT 1) AS coupon
    FROM address a
      JOIN person p ON p.id = a.person_id
      LEFT JOIN staff s ON s.person_id = p.id
      LEFT JOIN member m ON m.person_id = p.id
    WHERE a.channel = 'playground'`,
};

/** Everybody who has written from the playground, by the phone they have, as of `now`. */
export async function playgroundPeople(db: Database, now: Date): Promise<Record<string, PlaygroundPerson>> {
  const rows = await db.run<Row>(statement, [now]);
  return Object.fromEntries(
    rows.map(({ user_id, language, role, code, credited, coupon }) => [
      user_id,
      { language, role, memberCode: code, credited, coupon },
    ]),
  );
}
