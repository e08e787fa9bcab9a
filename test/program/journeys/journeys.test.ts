import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureJourneys } from '../../../src/program/journeys/ensure-journeys.ts';
import { journeys } from '../../../src/program/journeys/index.ts';
import { giveBirthdays } from '../../../src/program/members/birthday-gifts.ts';
import { freshDatabase } from '../../support/database.ts';
import { mug } from '../../support/rewards.ts';
import { journeysIn } from './crowd.ts';

const db = await freshDatabase();
const owner = new pg.Pool({ connectionString: db.url, max: 4 });
const crowd = journeysIn(db, owner);
const { somebody, plan, told, says } = crowd;
beforeAll(async () => {
  await crowd.rules();
  await ensureJourneys(db, new Date(0));
});
afterAll(async () => {
  await owner.end();
  await db.close();
});
/** Every test has people of its own. */
beforeEach(() => owner.query('UPDATE address SET dead_at = now()'));

const change = (key: string, data: object) => db.prisma.campaign.update({ where: { key }, data });
const keysOf = async (one: { id: number }) => (await told(one)).map(({ key, period, at }) => [key, period, at]);

describe('welcome', () => {
  it('tells the next morning where they are, and a week later who has not bought, once each', async () => {
    const [paris, tokyo, buyer] = await Promise.all([
      somebody({ joined: '2031-03-29T20:00:00Z', zone: 'Europe/Paris' }),
      somebody({ joined: '2031-03-29T20:00:00Z', zone: 'Asia/Tokyo' }),
      somebody({ joined: '2031-03-29T20:00:00Z', visits: ['2031-04-01T12:00:00Z'] }),
    ]);
    for (const at of ['2031-03-29T20:15:00Z', '2031-03-30T07:00:00Z', '2031-04-05T07:30:00Z', '2031-04-05T12:00:00Z'])
      await plan(at);
    // Summer time began in Paris that night.
    expect(await keysOf(paris)).toEqual([
      ['welcome-1', '', '2031-03-30T08:00'],
      ['welcome-7', '', '2031-04-05T08:00'],
    ]);
    expect(await keysOf(tokyo)).toEqual([
      ['welcome-1', '', '2031-03-31T01:00'],
      ['welcome-7', '', '2031-04-06T01:00'],
    ]);
    expect(await keysOf(buyer)).toEqual([['welcome-1', '', '2031-03-30T10:00']]);
    expect(await says(paris, 'welcome-7', '', '2031-04-05T08:05:00Z')).toEqual({});
    await crowd.visit(paris, '2031-04-05T08:04:00Z');
    expect(await says(paris, 'welcome-7', '', '2031-04-05T08:05:00Z')).toBeNull();
  });

  it('leaves out who has not agreed, muted it, is gone or can not be reached, and what is more than six hours late', async () => {
    const joined = '2031-05-01T12:00:00Z';
    const late = await somebody({ joined });
    const silent = await Promise.all([
      somebody({ joined, marketing: false }),
      somebody({ joined, muted: ['tips'] }),
      somebody({ joined, reachable: false }),
    ]);
    const erased = await somebody({ joined });
    await db.prisma.person.update({ where: { id: erased.personId }, data: { erasedAt: new Date(joined) } });
    expect(await plan('2031-05-02T16:00:00Z')).toBe(0);
    for (const one of [late, erased, ...silent]) expect(await keysOf(one)).toEqual([]);
    expect(await plan('2031-05-02T15:59:00Z')).toBe(1);
    const [row] = await told(late);
    expect(row).toMatchObject({
      lane: 'campaign',
      topic: 'tips',
      lateAt: new Date('2031-05-02T16:00:00Z'),
      variant: 'a',
      notice: 'campaign',
    });
  });

  it('goes to the card that two became, and nothing twice when jobs run at the same time', async () => {
    const people = await Promise.all(Array.from({ length: 12 }, () => somebody({ joined: '2031-06-01T12:00:00Z' })));
    const [kept, gone] = [people[0] ?? { id: 0 }, people[1] ?? { id: 0 }];
    await owner.query('UPDATE wallet SET merged_into = $1 WHERE member_id = $2', [kept.id, gone.id]);
    const counts = await Promise.all(Array.from({ length: 4 }, () => plan('2031-06-01T13:00:00Z')));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(11);
    expect(await told(gone)).toEqual([]);
  });
});

describe('what ends', () => {
  it('counts the days that are left when it goes, and says nothing of points that were spent', async () => {
    const [ann, bob] = [await somebody({ marketing: false }), await somebody({ marketing: false })];
    for (const one of [ann, bob]) await crowd.ends(one, 40, '2032-01-01T00:00:00Z', '2032-05-01T00:00:00Z');
    await plan('2032-04-24T12:00:00Z');
    const [row] = await told(ann, 'expiring');
    expect(row).toMatchObject({
      lane: 'service',
      topic: 'reminders',
      period: '1966982400:7',
      says: { points: 40, days: 7, renews: false },
    });
    expect(row?.lateAt).toEqual(new Date('2032-05-01T00:00:00Z'));
    // Two days of quiet later: the number is the one of that day.
    expect(await says(ann, 'expiring', '1966982400:7', '2032-04-26T10:00:00Z')).toMatchObject({ points: 40, days: 5 });
    await owner.query('UPDATE lot SET remaining = 0 WHERE member_id = $1', [bob.id]);
    expect(await says(bob, 'expiring', '1966982400:7', '2032-04-26T10:00:00Z')).toBeNull();
    // The next step has come: the one before has nothing to say any more.
    expect(await says(ann, 'expiring', '1966982400:7', '2032-04-30T10:01:00Z')).toBeNull();
  });

  it('is not told again when its message has been forgotten, after thirty days', async () => {
    await crowd.rules({ warnDays: [90, 1] });
    const ann = await somebody();
    await crowd.ends(ann, 40, '2032-01-01T00:00:00Z', '2032-09-01T00:00:00Z');
    await owner.query(
      `INSERT INTO coupon (code, member_id, reward, terms, source, issued_at, expires_at, key, request_hash)
        VALUES ('12345678901', $1, 'mug', '{"name": {"en": "A mug"}}', 'owner', '2032-01-01Z', '2032-09-01Z', 'mug', '')`,
      [ann.id],
    );
    await plan('2032-06-03T08:00:00Z');
    expect((await told(ann)).map(({ key }) => key).toSorted()).toEqual(['coupon-ending', 'expiring']);
    await owner.query('DELETE FROM delivery WHERE member_id = $1', [ann.id]);
    await plan('2032-07-02T08:30:00Z');
    expect(await told(ann)).toEqual([]);
    await crowd.rules();
  });
});

describe('a level at risk', () => {
  it('is told within the limit of a day, the rest the days after while it is not too late, and to whom the owner means', async () => {
    await change('tier-risk', { perDay: 1, segment: 'points>0' });
    const people = await Promise.all(['one', 'two', 'three'].map(() => somebody()));
    for (const { id } of people)
      await owner.query(
        "SELECT journey_plan('tier-risk', $1, 'p', '2032-10-01T10:00:00Z', '2032-10-03T00:00:00Z', '{}', '2032-10-01T00:00:00Z')",
        [id],
      );
    const days = (await Promise.all(people.map((one) => told(one)))).map(([row]) => row?.at);
    expect(days).toEqual(['2032-10-01T10:00', '2032-10-02T10:00', undefined]);
    const levels = [{ id: 'gold', name: 'Gold', from: 500 }];
    await crowd.rules({ tiers: { by: 'points', windowMonths: 12, graceDays: 0, warnDays: 30, levels } });
    const [one = { id: 0 }] = people;
    await owner.query("INSERT INTO standing (member_id, tier, manual) VALUES ($1, 'gold', true)", [one.id]);
    expect(await says(one, 'tier-risk', 'p', '2032-10-01T10:00:00Z')).toBeNull();
    await change('tier-risk', { perDay: null, segment: '' });
    expect(await says(one, 'tier-risk', 'p', '2032-10-01T10:00:00Z')).toEqual({});
    await crowd.rules();
  });
});

describe('a reward within reach', () => {
  const visit = ['2033-01-10T12:00:00Z'];

  it('is told the morning after a visit when a fifth or less is missing, the nearest first, each once for ever, one a week', async () => {
    await crowd.rules({
      rewards: [mug({ cost: 100 }), mug({ id: 'cake', cost: 110 }), mug({ id: 'secret', cost: 101, hidden: true })],
    });
    const [near, edge, far, rich] = [
      await somebody({ points: 90, visits: visit }),
      await somebody({ points: 80, visits: visit }),
      await somebody({ points: 79, visits: visit }),
      await somebody({ points: 110, visits: visit }),
    ];
    await plan('2033-01-10T13:00:00Z');
    await plan('2033-01-11T09:00:00Z');
    expect(await keysOf(near)).toEqual([['reach', 'mug', '2033-01-11T10:00']]);
    expect((await told(near))[0]?.says).toEqual({ reward: { en: 'A mug', fi: 'Muki' }, missing: 10 });
    expect(await keysOf(edge)).toHaveLength(1);
    expect([await keysOf(far), await keysOf(rich)]).toEqual([[], []]);
    expect(await says(near, 'reach', 'mug', '2033-01-11T10:00:00Z')).toMatchObject({ missing: 10 });
    await db.prisma.delivery.deleteMany({ where: { memberId: near.id } });
    await crowd.visit(near, '2033-01-20T12:00:00Z');
    await plan('2033-01-20T13:00:00Z');
    // The mug is remembered, though its message is forgotten.
    expect(await keysOf(near)).toEqual([['reach', 'cake', '2033-01-21T10:00']]);
    await crowd.visit(near, '2033-01-22T12:00:00Z');
    await crowd.rules({ rewards: [mug({ id: 'tea', cost: 91 })] });
    await plan('2033-01-22T13:00:00Z');
    expect(await keysOf(near)).toHaveLength(1);
    await owner.query('UPDATE wallet SET balance = 500 WHERE member_id = $1', [near.id]);
    expect(await says(near, 'reach', 'cake', '2033-01-21T10:00:00Z')).toBeNull();
  });
});

describe('birthday and anniversary', () => {
  it('wishes well with the gift that was given, and a note of its own goes only to who did not agree', async () => {
    await crowd.rules({ rewards: [mug({ id: 'cake', cost: 0, hidden: true })], birthday: { reward: 'cake' } });
    const ann = await somebody({ birthday: '07-15', zone: 'America/New_York' });
    const bob = await somebody({ birthday: '07-15', marketing: false });
    const at = '2033-07-15T09:30:00Z';
    expect(await plan('2033-07-14T20:00:00Z')).toBe(0);
    expect(await giveBirthdays({ db, now: new Date(at), timeZone: 'UTC' })).toBe(2);
    await plan(at);
    await plan(at);
    expect(await keysOf(ann)).toEqual([['birthday', '2033', '2033-07-15T14:00']]);
    const [row] = await told(ann);
    expect(row?.says).toMatchObject({ reward: { en: 'A mug' }, coupon: expect.any(String) });
    const given = await db.prisma.delivery.findMany({ where: { notice: 'coupon-given' } });
    expect(given.map(({ personId }) => personId)).toEqual([bob.personId]);
    expect(await says(ann, 'birthday', '2033', '2033-07-15T14:00:00Z')).toMatchObject(row?.says ?? {});
    // Who is not meant by the letter hears of the gift all the same.
    await change('birthday', { segment: 'points>0' });
    const dan = await somebody({ birthday: '07-16' });
    await giveBirthdays({ db, now: new Date('2033-07-16T09:30:00Z'), timeZone: 'UTC' });
    await plan('2033-07-16T09:30:00Z');
    expect((await db.prisma.delivery.findMany({ where: { personId: dan.personId } })).map(({ notice }) => notice)).toEqual([
      'coupon-given',
    ]);
    await change('birthday', { segment: '' });
    await crowd.rules();
    const cy = await somebody({ birthday: '02-29' });
    await plan('2035-02-27T12:00:00Z');
    expect(await keysOf(cy)).toEqual([['birthday', '2035', '2035-02-28T10:00']]);
    expect((await told(cy))[0]?.says).toEqual({});
  });

  it('counts the years since somebody joined, on the day it is where they are', async () => {
    const [ann, leap] = [
      await somebody({ joined: '2029-12-31T23:30:00Z', zone: 'Asia/Tokyo' }),
      await somebody({ joined: '2028-02-29T12:00:00Z' }),
    ];
    await plan('2033-12-31T10:00:00Z');
    expect((await told(ann)).map(({ key, period, at, says: said }) => [key, period, at, said])).toEqual([
      ['anniversary', '4', '2034-01-01T01:00', { years: 4 }],
    ]);
    await plan('2034-02-27T11:00:00Z');
    await plan('2034-02-28T11:00:00Z');
    expect(await keysOf(leap)).toEqual([['anniversary', '6', '2034-02-28T10:00']]);
  });
});

describe('we miss you', () => {
  it('waits for somebody by their own rhythm, three times, then is silent until they come back', async () => {
    // Every ten days: expected on 31 January.
    const often = await somebody({ visits: ['2036-01-01T12:00:00Z', '2036-01-11T12:00:00Z', '2036-01-21T12:00:00Z'] });
    // Nobody knows: thirty days, until twenty regulars say what is usual.
    const once = await somebody({ visits: ['2036-01-21T12:00:00Z'] });
    for (const day of ['02-29', '03-01', '03-20', '03-30', '03-31', '04-19', '04-29', '05-19', '06-19', '07-19'])
      await plan(`2036-${day}T11:00:00Z`);
    const stages = async (one: { id: number }) => (await told(one)).map(({ key, at, says: said }) => [key, at, said.days]);
    expect(await stages(often)).toEqual([
      ['comeback-30', '2036-03-01T10:00', 40],
      ['comeback-60', '2036-03-31T10:00', 70],
      ['comeback-90', '2036-04-30T10:00', 100],
    ]);
    expect((await stages(once)).map(([, at]) => at)).toEqual(['2036-03-21T10:00', '2036-04-20T10:00', '2036-05-20T10:00']);
    const period = (await told(often))[0]?.period ?? '';
    expect(await says(often, 'comeback-30', period, '2036-03-01T10:00:00Z')).toEqual({ days: 40 });
    await crowd.visit(often, '2036-03-01T09:59:00Z');
    expect(await says(often, 'comeback-30', period, '2036-03-01T10:00:00Z')).toBeNull();
    await plan('2036-04-14T12:00:00Z');
    // Four visits, twenty days apart on average: a month after 21 March.
    await plan('2036-04-19T12:00:00Z');
    expect((await stages(often)).filter(([key]) => key === 'comeback-30')).toHaveLength(2);
  });
});

describe('the usual rhythm', () => {
  it('stands for a newcomer’s own, as soon as twenty regulars tell it', async () => {
    const visits = ['2038-03-01T12:00:00Z', '2038-03-06T12:00:00Z', '2038-03-11T12:00:00Z'];
    await Promise.all(Array.from({ length: 20 }, () => somebody({ visits, marketing: false })));
    const newcomer = await somebody({ visits: ['2038-03-20T12:00:00Z'] });
    await plan('2038-04-23T12:00:00Z');
    expect(await keysOf(newcomer)).toEqual([['comeback-30', String(Date.UTC(2038, 2, 20, 12) / 1_000), '2038-04-24T10:00']]);
  });
});

describe('an owner', () => {
  it('switches one off and on, limits it, holds some out and says whom it is for', async () => {
    await crowd.rules();
    const joined = '2037-01-01T12:00:00Z';
    await change('welcome-1', { state: 'paused' });
    const people = await Promise.all(Array.from({ length: 40 }, (_, n) => somebody({ joined, points: n < 30 ? 5 : 0 })));
    expect(await plan('2037-01-01T13:00:00Z')).toBe(0);
    await change('welcome-1', { state: 'running', perDay: 7, segment: 'points>0' });
    expect(await plan('2037-01-01T13:00:00Z')).toBe(7);
    expect(await plan('2037-01-01T14:00:00Z')).toBe(0);
    await change('welcome-1', { perDay: null, controlPercent: 40 });
    await plan('2037-01-01T15:00:00Z');
    const rows = (await Promise.all(people.map((one) => told(one, 'welcome-1')))).flat();
    const held = await db.prisma.campaignControl.count({ where: { memberId: { in: people.map(({ id }) => id) } } });
    expect(rows.length + held).toBe(30);
    expect(held).toBeGreaterThan(3);
    expect(await plan('2037-01-01T16:00:00Z')).toBe(0);
    await change('welcome-1', { controlPercent: 0, segment: '' });
  });

  it('has every journey, made once, with what was changed kept', async () => {
    await change('reach', { worth: 77 });
    await Promise.all([ensureJourneys(db, new Date()), ensureJourneys(db, new Date())]);
    const rows = await db.prisma.campaign.findMany({ where: { kind: 'journey' } });
    expect(rows.map(({ key }) => key).toSorted()).toEqual(journeys.map(({ key }) => key).toSorted());
    expect(rows.find(({ key }) => key === 'reach')).toMatchObject({ worth: 77, state: 'running' });
  });
});
