import { createWords } from '../src/chat/words.ts';
import type { OpenDatabase } from '../src/database/client.ts';
import { composeCampaign } from '../src/jobs/compose-campaign.ts';
import { contactOf } from '../src/program/attention/contact.ts';
import { beginSending } from '../src/program/deliveries/begin.ts';
import { claimDue } from '../src/program/deliveries/claim.ts';
import { markDropped, markSent } from '../src/program/deliveries/outcome.ts';
import { sweep } from '../src/program/deliveries/sweep.ts';
import { ensureJourneys } from '../src/program/journeys/ensure-journeys.ts';
import { planJourneys } from '../src/program/journeys/plan-journeys.ts';
import { plainRules } from '../src/program/rules/rules.ts';
import { storedRules } from '../src/program/settings/program.ts';
import { channel, days, type Expected, fillReminders, firstDay, timeZone } from './reminder-crowd.ts';

const shop = { name: 'Bench', language: 'en', currency: 'EUR', timeZone };
const hourMs = 3_600_000;

/** How a fortnight of reminders went. `lost`: never sent, `twice`: sent again, `wrong`: nobody was to get it, `early` and `late`: by its own hour. */
export type Fortnight = {
  reminders: number;
  sent: number;
  lost: number;
  twice: number;
  wrong: number;
  early: number;
  late: number;
  kills: number;
};

/** Numbers from a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Sent = { member: number; key: string; at: number };

/** Takes what is due through the gate to a messenger that writes it down; `dies` before anything is begun: what it held is found by the sweep. */
async function send(
  db: OpenDatabase,
  now: Date,
  words: Awaited<ReturnType<typeof createWords>>,
  keys: ReadonlyMap<number, string>,
  dies: () => boolean,
) {
  const sent: Sent[] = [];
  const tools = { db, clock: () => now, shop, wordsFor: (language: string | null) => words.say(words.pick(language)) };
  const terms = { ...contactOf({ contact: { perWeek: 50 } }), zone: shop.timeZone };
  let killed = 0;
  for (;;) {
    const rows = await claimDue({ db, channel, worker: 'one', now, limit: 200, leaseMs: 20_000 });
    if (rows.length === 0) return { sent, killed };
    if (dies()) {
      killed += 1;
      await db.prisma
        .$executeRaw`UPDATE delivery SET lease_until = clock_timestamp() - interval '1 second' WHERE state = 'claimed'`;
      await sweep(db, channel);
      continue;
    }
    const written: typeof rows = [];
    for (const row of rows) {
      if (await composeCampaign(row, tools)) written.push(row);
      else await markDropped(db, row, 'nothing_to_say');
    }
    if (written.length === 0) continue;
    const begun = await beginSending(db, written, { leaseMs: 20_000, now, terms });
    const arrived = begun.flatMap((one) => (one.became === 'sending' ? [one.row] : []));
    await markSent(
      db,
      arrived.map((row) => ({ row, message: { chat: String(row.personId), id: String(row.id) } })),
      0,
    );
    sent.push(
      ...arrived.map(({ memberId, campaignId }) => ({
        member: memberId ?? 0,
        key: keys.get(campaignId ?? 0) ?? '',
        at: now.getTime(),
      })),
    );
  }
}

function judge(expected: readonly Expected[], sent: readonly Sent[], kills: number): Fortnight {
  const nameOf = ({ member, key }: Pick<Expected, 'member' | 'key'>): string => `${member}:${key}`;
  const grouped = <One extends { member: number; key: string }>(all: readonly One[]): Map<string, One[]> => {
    const groups = new Map<string, One[]>();
    for (const one of all) groups.set(nameOf(one), [...(groups.get(nameOf(one)) ?? []), one]);
    return groups;
  };
  const [came, wanted] = [grouped(sent), grouped(expected)];
  const found = { reminders: expected.length, sent: sent.length, lost: 0, twice: 0, wrong: 0, early: 0, late: 0, kills };
  for (const [name, all] of wanted) {
    const times = (came.get(name) ?? []).map(({ at }) => at).toSorted((one, other) => one - other);
    found.lost += Math.max(0, all.length - times.length);
    found.twice += Math.max(0, times.length - all.length);
    for (const [n, { at }] of all.toSorted((one, other) => one.at - other.at).entries()) {
      const time = times[n];
      if (time !== undefined && time < at) found.early += 1;
      if (time !== undefined && time > at + 6 * hourMs) found.late += 1;
    }
  }
  for (const [name, all] of came) if (!wanted.has(name)) found.wrong += all.length;
  return found;
}

/**
 * Fourteen virtual days of reminders on an empty migrated database (`url` as its owner): members in five zones, clocks that change, a planner that is
 * away for most of a day and runs twice at once, a messenger that is away for up to five, workers that die holding messages. All from a seed. Every four
 * members are five reminders.
 */
export async function reminderFortnight(
  db: OpenDatabase,
  url: string,
  {
    members,
    seed,
    everyHours = 1,
    planEveryHours = 1,
  }: { members: number; seed: number; everyHours?: number; planEveryHours?: number },
): Promise<Fortnight> {
  const random = seeded(seed);
  const words = await createWords(shop);
  const began = new Date(firstDay.toZonedDateTime({ timeZone: 'UTC' }).epochMilliseconds);
  const rules = { ...plainRules(100), welcome: 0, warnDays: [7, 1] };
  await db.prisma.programVersion.create({ data: { rules: storedRules(rules), startsAt: new Date(0), createdAt: new Date(0) } });
  await ensureJourneys(db, new Date(0));
  const rows = await db.prisma.campaign.findMany({ select: { id: true, key: true } });
  const keys = new Map(rows.map(({ id, key }) => [id, key ?? '']));
  const expected = await fillReminders(url, members);
  const sent: Sent[] = [];
  let [plannerBack, messengerBack, kills] = [0, 0, 0];
  for (let hour = 0; hour < days * 24; hour += everyHours) {
    const now = new Date(began.getTime() + hour * hourMs + Math.floor(random() * 600_000));
    if (hour >= plannerBack && hour % planEveryHours === 0) {
      const moment = { db, now, timeZone };
      const stopping = new AbortController();
      // A second server at the same time, which is stopped in the middle: the next run goes on from what is there.
      const second = random() < 0.15 ? [planJourneys({ ...moment, stopping: stopping.signal })] : [];
      setTimeout(() => stopping.abort(), random() * 30);
      await Promise.all([planJourneys(moment), ...second]);
      if (random() < 0.03) plannerBack = hour + 2 + Math.floor(random() * (20 - planEveryHours));
    }
    if (hour < messengerBack) continue;
    const round = await send(db, now, words, keys, () => random() < 0.15);
    sent.push(...round.sent);
    kills += round.killed;
    if (random() < 0.05) messengerBack = hour + 1 + Math.floor(random() * 4);
  }
  return judge(expected, sent, kills);
}
