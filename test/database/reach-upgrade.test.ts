import { afterAll, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/client.ts';
import { prismaFolder, readMigrations } from '../../src/database/migrations.ts';
import { verify } from '../../src/program/ledger/verify.ts';
import { freshUrl } from '../support/database.ts';
import { asOwner } from '../support/ledger.ts';

const now = '2026-03-01T12:00:00Z';
/** The last migration before the program wrote to many. */
const lastBefore = '20261121001450_gifts';

const url = await freshUrl({ empty: true });
const migrateWhere = (wanted: (name: string) => boolean) =>
  asOwner(url, async (client) => {
    for (const { name, script } of readMigrations(`${prismaFolder()}/migrations`)) if (wanted(name)) await client.query(script);
  });
const db = await openDatabase({ url, max: 2 });
afterAll(() => db.close());

it('takes over members, purchases and answers as they are, and a level at risk that was not told yet is noticed again', async () => {
  await migrateWhere((name) => name <= lastBefore);
  await asOwner(url, (client) =>
    client.query(`
      INSERT INTO program_version (starts_at, rules, created_at) VALUES ('1970-01-01Z', '{"warnDays": [7]}', '${now}');
      INSERT INTO person (name, language, created_at) VALUES ('Anna', 'fi', '${now}'), ('Bea', NULL, '${now}');
      INSERT INTO address (person_id, channel, user_id, chat_id, used_at) VALUES (1, 'telegram', '7', '7', '${now}');
      INSERT INTO member (person_id, code, joined_at) VALUES (1, '000000001', '${now}'), (2, '000000002', '${now}'), (NULL, '000000003', '${now}');
      INSERT INTO wallet (member_id, head) VALUES (1, ''), (2, ''), (3, '');
      INSERT INTO standing (member_id, tier, auto, warned_for) VALUES (1, 'gold', 'gold', '2026-04-01Z'), (2, 'gold', 'gold', '2026-04-01Z');
      INSERT INTO sale (member_id, amount_minor, refunded_minor, currency, receipt, at, created_at, key, request_hash, snapshot, points, balance_after)
        VALUES (1, 500, 100, 'EUR', 'r1', '${now}', '${now}', 'k1', '', '{}', 0, 0), (1, 700, 0, 'EUR', 'r2', '${now}', '${now}', 'k2', '', '{}', 0, 0);
      INSERT INTO consent (person_id, kind, granted, wording, at)
        VALUES (1, 'marketing', false, 'No', '2026-01-01Z'), (1, 'marketing', true, 'Yes', '2026-01-02Z'), (2, 'marketing', true, 'Yes', '2026-01-01Z'),
          (2, 'marketing', false, 'No', '2026-01-02Z');
      INSERT INTO delivery (notice, params, person_id, address_id, channel, dedupe, lane, state, not_before, created_at)
        VALUES ('tier-warning', '{}', 1, 1, 'telegram', 'w1', 'service', 'planned', '${now}', '${now}'),
          ('tier-warning', '{}', 2, 1, 'telegram', 'w2', 'service', 'sent', '${now}', '${now}')`),
  );
  await migrateWhere((name) => name > lastBefore);
  expect(await db.prisma.memberFact.findMany({ orderBy: { memberId: 'asc' } })).toMatchObject([
    { visits: 2, spentMinor: 1_100n, tier: 'gold', language: 'fi', marketing: true, channels: ['telegram'], open: true },
    { visits: 0, language: null, marketing: false, channels: [], open: true },
    { visits: 0, marketing: false, open: true },
  ]);
  const standings = await db.prisma.standing.findMany({ orderBy: { memberId: 'asc' } });
  expect(standings.map(({ warnedFor }) => warnedFor)).toEqual([null, new Date('2026-04-01T00:00:00Z')]);
  expect((await verify(db)).problems.filter(({ table }) => table === 'member_fact')).toEqual([]);
});
