import type pg from 'pg';
import { asOwner } from '../../support/ledger.ts';
import { seeded } from '../../support/seeded.ts';
import { names } from './any-segment.ts';

/** A member as the test knows them, next to what the database holds. Money in minor units, `at` in milliseconds. */
export type Known = {
  id: number;
  closed: boolean;
  joined: number;
  tier: string | null;
  language: string | null;
  marketing: boolean;
  channels: string[];
  chats: number;
  tags: string[];
  birthday: string | null;
  points: number;
  rfm: number | null;
  scores: { at: number; answer: number }[];
  sales: { at: number; minor: number; refunded: number; shop: string | null; what: string[]; undone: boolean }[];
  received: boolean;
  claimed: boolean;
};

export const now = new Date('2026-11-22T10:00:00Z');

function drawn(count: number): Known[] {
  const random = seeded(7);
  const below = (most: number): number => random.whole(0, most - 1);
  const one = random.pick;
  const some = (list: readonly string[]): string[] => list.filter(() => random.chance(0.3)).sort();
  const back = (days: number): number => now.getTime() - below(days * 24) * 3_600_000;
  return Array.from({ length: count }, (_, index) => {
    const channels = some(names.channel);
    const sales = Array.from({ length: random.chance(0.2) ? 0 : below(6) }, () => {
      const minor = below(20_000);
      const undone = random.chance(0.15);
      return {
        at: back(300),
        minor,
        refunded: undone ? minor : below(2) * below(minor + 1),
        shop: one([...names.shop, null]),
        what: some(names.bought),
        undone,
      };
    }).map((sale) => ({ ...sale, undone: sale.undone || sale.refunded === sale.minor }));
    return {
      ...{
        id: index + 1,
        closed: random.chance(0.05),
        joined: back(500),
        tier: one(['gold', 'silver', null]),
        language: one([...names.language, null]),
      },
      ...{
        marketing: random.chance(0.5),
        channels,
        chats: channels.length + below(2),
        tags: some(names.tag),
        points: below(300),
      },
      birthday: one([null, '03-14', '11-22', '11-25', '02-29', '02-28', '12-30']),
      rfm: one([null, 555, 543, 312, 155, 222, 111]),
      scores: Array.from({ length: below(3) }, () => ({ at: back(100), answer: below(11) })),
      ...{ sales, received: random.chance(0.4), claimed: random.chance(0.2) },
    };
  });
}

const iso = (at: number): string => new Date(at).toISOString();

async function insert(client: pg.Client, table: string, rows: readonly object[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).join(', ');
  await client.query(`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(NULL::${table}, $1)`, [
    JSON.stringify(rows),
  ]);
}

const epoch = iso(0);

async function people(client: pg.Client, members: readonly Known[]): Promise<void> {
  const closed = members.filter((one) => one.closed).map(({ id }) => id);
  await insert(
    client,
    'person',
    members.map(({ id, language, marketing }) => ({ id, name: `p${id}`, language, marketing, muted: [], created_at: epoch })),
  );
  await insert(
    client,
    'member',
    members.map(({ id, joined, birthday }) => ({
      id,
      person_id: id,
      code: String(id).padStart(9, '0'),
      joined_at: iso(joined),
      birthday,
    })),
  );
  await insert(
    client,
    'wallet',
    members.map((one) => ({ member_id: one.id, balance: one.closed ? 0 : one.points, debt: 0, version: 0, head: '' })),
  );
  await client.query('UPDATE wallet SET merged_into = 1 WHERE member_id = ANY ($1)', [closed]);
  await insert(
    client,
    'standing',
    members.map(({ id, tier }) => ({ member_id: id, tier, auto: tier, manual: false })),
  );
  await insert(
    client,
    'member_tag',
    members.flatMap(({ id, tags }) => tags.map((tag) => ({ member_id: id, tag, at: epoch }))),
  );
  const chats = members.flatMap(({ id, channels, chats: all }) => [
    ...channels.map((channel) => ({ person_id: id, channel, dead_at: null })),
    // Somebody who has left: known, and not to be reached.
    ...Array.from({ length: all - channels.length }, () => ({ person_id: id, channel: 'playground', dead_at: epoch })),
  ]);
  await insert(
    client,
    'address',
    chats.map((one, place) => ({
      id: place + 1,
      ...one,
      user_id: `u${one.person_id}`,
      chat_id: `u${one.person_id}`,
      used_at: epoch,
    })),
  );
}

async function purchases(client: pg.Client, members: readonly Known[]): Promise<void> {
  const sales = members.flatMap(({ id, sales: all }) => all.map((sale) => ({ member: id, ...sale })));
  const common = {
    currency: 'EUR',
    created_at: epoch,
    request_hash: '',
    points: 0,
    balance_after: 0,
    refunded_minor: 0,
    discount_minor: 0,
    paid_points: 0,
    paid_points_minor: 0,
  };
  await insert(
    client,
    'sale',
    sales.map(({ member, at, minor, shop, what }, place) => ({
      ...{
        id: place + 1,
        member_id: member,
        amount_minor: minor,
        receipt: `r${place}`,
        key: `k${place}`,
        shop,
        at: iso(at),
        ...common,
      },
      snapshot: { what: what.map((category) => ({ category, pieces: 1 })) },
    })),
  );
  const changed = sales.flatMap(({ refunded, undone }, place) =>
    refunded > 0 || undone ? [{ id: place + 1, refunded, undone: undone ? epoch : null }] : [],
  );
  await client.query(
    `UPDATE sale s SET refunded_minor = x.refunded, undone_at = x.undone
      FROM jsonb_to_recordset($1) AS x (id bigint, refunded bigint, undone timestamptz) WHERE s.id = x.id`,
    [JSON.stringify(changed)],
  );
}

async function campaigns(client: pg.Client, members: readonly Known[]): Promise<void> {
  await client.query(
    `INSERT INTO campaign (id, kind, state, topic, name, created_at, button)
      VALUES (1, 'broadcast', 'done', 'offers', 'offer', $1, NULL), (2, 'broadcast', 'done', 'offers', 'survey', $1, '{"kind": "scale"}')`,
    [epoch],
  );
  await client.query(
    `INSERT INTO delivery (notice, params, person_id, address_id, channel, dedupe, not_before, created_at, campaign_id, member_id, state, lane)
      SELECT 'campaign', '{}', x.id, 1, 'telegram', 'd' || x.id, $2, $2, 1, x.id, CASE WHEN x.received THEN 'sent' ELSE 'dropped' END, 'campaign'
      FROM jsonb_to_recordset($1) AS x (id int, received boolean)`,
    [JSON.stringify(members.map(({ id, received }) => ({ id, received }))), epoch],
  );
  const responses = members.flatMap(({ id, claimed, scores }) => [
    ...(claimed ? [{ campaign_id: 1, member_id: id, period: '', kind: 'claimed', answer: null, at: epoch }] : []),
    ...scores.map(({ at, answer }, place) => ({
      campaign_id: 2,
      member_id: id,
      period: String(place),
      kind: 'answered',
      answer,
      at: iso(at),
    })),
  ]);
  await insert(
    client,
    'campaign_response',
    responses.map((one, place) => ({ id: place + 1, ...one, variant: 'a', key: `a${place}` })),
  );
}

/** Fills a database, as its owner, with members of every kind; some cards went into member 1's. Returns those whose card is open. */
export async function shopOfMany(url: string, count: number): Promise<Known[]> {
  const members = drawn(count).map((one) => (one.id === 1 ? { ...one, closed: false } : one));
  await asOwner(url, async (client) => {
    await people(client, members);
    await purchases(client, members);
    await campaigns(client, members);
    await client.query(
      'UPDATE member_fact f SET rfm = x.rfm FROM jsonb_to_recordset($1) AS x (id int, rfm int) WHERE f.member_id = x.id',
      [JSON.stringify(members.map(({ id, rfm }) => ({ id, rfm })))],
    );
  });
  // What closed cards have got counts for the card they went into.
  const all = members.filter(({ closed, id }) => closed || id === 1);
  return members
    .filter(({ closed }) => !closed)
    .map((one) =>
      one.id === 1
        ? {
            ...one,
            received: all.some(({ received }) => received),
            claimed: all.some(({ claimed }) => claimed),
            scores: all.flatMap(({ scores }) => scores),
          }
        : one,
    );
}
