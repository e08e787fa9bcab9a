import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { attentionLog } from '../../../src/program/attention/log.ts';
import { beginSending } from '../../../src/program/deliveries/begin.ts';
import { claimDue } from '../../../src/program/deliveries/claim.ts';
import { markSent } from '../../../src/program/deliveries/outcome.ts';
import { nextDueInMs } from '../../../src/program/deliveries/pace.ts';
import { sweep } from '../../../src/program/deliveries/sweep.ts';
import { freshDatabase } from '../../support/database.ts';

type Person = { zone?: string; quiet?: { from: string; until: string }; marketing?: false; muted?: string[]; erased?: true };
type Message = {
  for: string;
  of?: string;
  at: string;
  topic?: string;
  worth?: number;
  late?: string;
  then: string;
};
type Scenario = {
  name: string;
  zone?: string;
  per_week?: number;
  quiet?: { from: string; until: string };
  people: Record<string, Person>;
  messages: Message[];
  /** At a moment: `anna stops`, `anna mutes tips`, `pause spring`, `resume spring`, `stop spring`. */
  events?: Record<string, string>;
  until: string;
  /** Why messages of a campaign did not go, or not yet. */
  log?: Record<string, string[]>;
};

const folder = new URL('.', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const longLease = 600_000;
const db = await freshDatabase();
afterAll(() => db.close());
let channels = 0;

/** The people and messages of a scenario, on a channel of its own. */
async function stage({ people, messages }: Scenario) {
  const channel = `tea${++channels}`;
  const at = new Date(0);
  const ids = new Map<string, { person: number; address: number }>();
  for (const [name, { zone, quiet, marketing, muted, erased }] of Object.entries(people)) {
    const set = {
      ...(zone && { timeZone: zone }),
      ...(quiet && { quiet }),
      ...(muted && { muted }),
      ...(erased && { erasedAt: at }),
    };
    const { id } = await db.prisma.person.create({ data: { name, createdAt: at, marketing: marketing ?? true, ...set } });
    const address = await db.prisma.address.create({ data: { personId: id, channel, user: name, chat: name, usedAt: at } });
    ids.set(name, { person: id, address: address.id });
  }
  const campaigns = new Map<string, number>();
  for (const name of new Set(messages.map(({ of = 'spring' }) => of))) {
    const data = { kind: 'broadcast', name, state: 'running', topic: 'offers', createdAt: at };
    campaigns.set(name, (await db.prisma.campaign.create({ data })).id);
  }
  const rows: number[] = [];
  for (const [n, { for: name, of = 'spring', at: planned, topic = 'offers', worth = 0, late }] of messages.entries()) {
    const { person = 0, address = 0 } = ids.get(name) ?? {};
    const moment = new Date(planned);
    const to = { personId: person, addressId: address, channel, notBefore: moment, createdAt: moment };
    const lane = topic === 'reminders' ? 'service' : 'campaign';
    const what = {
      notice: 'campaign',
      params: {},
      campaignId: campaigns.get(of) ?? 0,
      topic,
      worth,
      lane,
      dedupe: `${channel}:${n}`,
    };
    const { id } = await db.prisma.delivery.create({ data: { ...to, ...what, lateAt: late ? new Date(late) : null } });
    rows.push(Number(id));
  }
  return { channel, ids, campaigns, rows };
}

type Stage = Awaited<ReturnType<typeof stage>>;

async function happen(line: string, at: Date, { ids, campaigns, channel }: Stage): Promise<void> {
  const [first = '', second = '', third = 'marketing'] = line.split(' ');
  const state = { pause: 'paused', resume: 'running', stop: 'stopped' }[first];
  if (state) {
    await db.prisma.campaign.update({ where: { id: campaigns.get(second) ?? 0 }, data: { state } });
    if (state === 'stopped') await sweep(db, channel);
    return;
  }
  const consent = { personId: ids.get(first)?.person ?? 0, kind: third, granted: false, at, wording: 'test' };
  await db.prisma.consent.create({ data: consent });
}

/** Everything that is due at a moment goes the way of every message. */
async function carryOut(scenario: Scenario, { channel }: Stage, now: Date): Promise<void> {
  const { zone = 'UTC', per_week: perWeek = 2, quiet = { from: '21:00', until: '09:00' } } = scenario;
  for (;;) {
    const rows = await claimDue({ db, channel, worker: 'w', now, limit: 50, leaseMs: longLease });
    if (rows.length === 0) return;
    const begun = await beginSending(db, rows, { leaseMs: longLease, now, terms: { zone, perWeek, quiet } });
    const gone = begun.flatMap((one, n) =>
      one.became === 'sending' ? [{ row: one.row, message: { chat: 'c', id: `m${n}` } }] : [],
    );
    await markSent(db, gone, 0);
  }
}

const shown = (at: Date | null) => at?.toISOString().replace(/:00\.000Z$/, 'Z');

describe.each(files)('%s', (file) => {
  const scenarios = parse(readFileSync(new URL(file, folder), 'utf8')) as Scenario[];
  it.each(scenarios)('$name', async (scenario) => {
    const its = await stage(scenario);
    const end = new Date(scenario.until);
    const events = Object.entries(scenario.events ?? {}).map(([at, line]) => ({ at: new Date(at), line }));
    const starts = Math.min(...scenario.messages.map(({ at }) => Date.parse(at)));
    for (let now = new Date(starts); now <= end; ) {
      for (const { at, line } of events.splice(0, events.filter(({ at }) => at <= now).length)) await happen(line, at, its);
      await carryOut(scenario, its, now);
      const horizon = { channel: its.channel, now, horizonMs: end.getTime() - now.getTime() };
      const dueMs = (await nextDueInMs(db, horizon)) ?? Number.POSITIVE_INFINITY;
      expect(dueMs).toBeGreaterThan(0);
      const eventAt = events[0]?.at.getTime() ?? Number.POSITIVE_INFINITY;
      now = new Date(Math.min(now.getTime() + dueMs, eventAt, end.getTime() + 1));
    }
    const rows = await db.prisma.delivery.findMany({ where: { channel: its.channel }, orderBy: { id: 'asc' } });
    const ends = rows.map(({ state, sentAt, result }) => {
      const { code, wait } = (result ?? {}) as { code?: string; wait?: string };
      return state === 'sent' ? `sent ${shown(sentAt)}` : `${state} ${state === 'planned' ? wait : code}`;
    });
    expect(ends).toEqual(scenario.messages.map(({ then }) => then));
    for (const [name, lines] of Object.entries(scenario.log ?? {})) {
      const log = await attentionLog(db, its.campaigns.get(name) ?? 0);
      expect(log.map(({ reason, waits, count }) => `${count} ${waits ? 'waits' : 'ended'} ${reason}`)).toEqual(lines);
    }
  });
});
