import type { Database, Statement } from '../context.ts';

type Row = { user_id: string; language: string | null; role: 'staff' | 'owner' | null; code: string | null; credited: boolean };

/** What the program knows of somebody, for the page that shows what can be tried next. */
type PlaygroundPerson = {
  language: string | null;
  role: 'staff' | 'owner' | null;
  memberCode: string | null;
  credited: boolean;
};

const statement: Statement = {
  name: 'playground_people',
  text: `
    SELECT a.user_id, p.language, s.role, m.code, EXISTS (SELECT 1 FROM sale WHERE sale.member_id = m.id) AS credited
    FROM address a
      JOIN person p ON p.id = a.person_id
      LEFT JOIN staff s ON s.person_id = p.id
      LEFT JOIN member m ON m.person_id = p.id
    WHERE a.channel = 'playground'`,
};

/** Everybody who has written from the playground, by the phone they have. */
export async function playgroundPeople(db: Database): Promise<Record<string, PlaygroundPerson>> {
  const rows = await db.run<Row>(statement, []);
  return Object.fromEntries(
    rows.map(({ user_id, language, role, code, credited }) => [user_id, { language, role, memberCode: code, credited }]),
  );
}
