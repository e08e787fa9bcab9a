import type { Context, Statement } from '../context.ts';

/** More than so many purchases of one card by one person in a business day are a sign of self-dealing. */
export const oftenADay = 3;

/** What somebody did in a period. `over`: limits they went above or asked to; `often`: days on which they credited one card too often. */
export type Conduct = {
  personId: number;
  name: string;
  credits: number;
  points: number;
  amountMinor: number;
  refunds: number;
  refundedMinor: number;
  undone: number;
  over: number;
  often: number;
};

/** What to read: from a moment on, of one person, in one shop. `timeZone`, `dayStartsAt`: the program's business days. */
export type Period = { from: Date; personId?: number; shop?: string; timeZone: string; dayStartsAt: number };

/** One line of the log. `detail` depends on `kind` (the view `deed`). */
export type Deed = {
  id: string;
  at: Date;
  kind: string;
  actor: string;
  name: string | null;
  person: string | null;
  shop: string | null;
  points: number | null;
  amountMinor: number | null;
  detail: Record<string, unknown>;
};

/** A page of a list, and whether there is more. */
export type Page<Row> = { rows: Row[]; more: boolean };

const theirs = 'd.actor_id IN (SELECT person_id FROM staff UNION SELECT person_id FROM team_change)';
const chosen = `d.at >= $1 AND ($2::int IS NULL OR d.actor_id = $2) AND ($3::text IS NULL OR d.shop = $3)`;

const conduct: Statement = {
  name: 'team_conduct',
  text: `
    WITH often AS (
      SELECT actor_id, count(*) AS days FROM (
        SELECT d.actor_id FROM deed d WHERE d.kind = 'credit' AND ${chosen}
        GROUP BY d.actor_id, d.member_id, ((d.at AT TIME ZONE $4) - make_interval(hours => $5))::date HAVING count(*) > $6
      ) one GROUP BY actor_id
    )
    SELECT d.actor_id AS "personId", p.name, count(*) FILTER (WHERE d.kind = 'credit') AS credits,
      coalesce(sum(d.points) FILTER (WHERE d.kind IN ('credit', 'grant')), 0)::bigint AS points,
      coalesce(sum(d.amount_minor) FILTER (WHERE d.kind = 'credit'), 0)::bigint AS "amountMinor",
      count(*) FILTER (WHERE d.kind = 'refund') AS refunds,
      coalesce(sum(d.amount_minor) FILTER (WHERE d.kind = 'refund'), 0)::bigint AS "refundedMinor",
      count(*) FILTER (WHERE d.kind = 'undo') AS undone, count(*) FILTER (WHERE d.kind IN ('over_limit', 'asked')) AS over,
      coalesce(max(o.days), 0) AS often
    FROM deed d JOIN person p ON p.id = d.actor_id LEFT JOIN often o ON o.actor_id = d.actor_id
    WHERE ${theirs} AND ${chosen} GROUP BY d.actor_id, p.name ORDER BY points DESC, d.actor_id OFFSET $7 LIMIT $8`,
};

const log: Statement = {
  name: 'team_log',
  text: `
    SELECT d.id, d.at, d.kind, p.name AS actor, CASE WHEN m.id IS NOT NULL THEN coalesce(o.name, m.external_ref, m.code) END AS name,
      whom.name AS person, d.shop, d.points, d.amount_minor AS "amountMinor", d.detail
    FROM deed d JOIN person p ON p.id = d.actor_id LEFT JOIN member m ON m.id = d.member_id LEFT JOIN person o ON o.id = m.person_id
      LEFT JOIN person whom ON whom.id = d.person_id
    WHERE ${theirs} AND ${chosen} ORDER BY d.at DESC, d.id DESC OFFSET $4 LIMIT $5`,
};

const people: Statement = {
  name: 'team_ever',
  text: 'SELECT id, name FROM person WHERE id IN (SELECT person_id FROM staff UNION SELECT person_id FROM team_change) ORDER BY id',
};

async function paged<Row>(read: (limit: number) => Promise<Row[]>, size: number): Promise<Page<Row>> {
  const rows = await read(size + 1);
  return { rows: rows.slice(0, size), more: rows.length > size };
}

/** Per person who works or worked here: what they did, most points given first. Pages count from 0. */
export const conductOf = (ctx: Pick<Context, 'db'>, period: Period, page: number, size: number): Promise<Page<Conduct>> =>
  paged(
    (limit) =>
      ctx.db.run<Conduct>(conduct, [
        period.from,
        period.personId ?? null,
        period.shop ?? null,
        period.timeZone,
        period.dayStartsAt,
        oftenADay,
        page * size,
        limit,
      ]),
    size,
  );

/** What was done, newest first. Pages count from 0. */
export const deedsOf = (ctx: Pick<Context, 'db'>, period: Period, page: number, size: number): Promise<Page<Deed>> =>
  paged((limit) => ctx.db.run<Deed>(log, [period.from, period.personId ?? null, period.shop ?? null, page * size, limit]), size);

/** Everybody who works or has worked here. */
export const teamEver = (ctx: Pick<Context, 'db'>): Promise<{ id: number; name: string }[]> => ctx.db.run(people, []);
