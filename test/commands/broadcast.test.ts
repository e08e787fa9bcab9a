import { afterAll, describe, expect, it } from 'vitest';
import { sceneAt } from '../../src/chat/handle.ts';
import { plainText, type View } from '../../src/chat/view.ts';
import { broadcastScreens } from '../../src/commands/broadcast/screens.ts';
import { Prisma } from '../../src/database/generated/client.ts';
import { finishCampaigns } from '../../src/program/campaigns/finish-campaigns.ts';
import { planCampaigns } from '../../src/program/campaigns/plan-campaigns.ts';
import { leaveScore, watchProgress } from '../../src/program/campaigns/watch-progress.ts';
import { contextOf } from '../support/ledger.ts';
import { openReachShop } from '../support/reach-shop.ts';
import { does } from '../support/talk.ts';

const { db, shop, olga, otto } = await openReachShop();
const stopping = new AbortController().signal;
const moment = () => ({ db, now: shop.clock.now, timeZone: 'Europe/Helsinki', stopping });
afterAll(() => db.close());

const labels = (view: View): string[] => (view.buttons ?? []).flat().map(({ label }) => label);
const fact = (view: View, label: string): string | undefined => view.facts?.find(([name]) => name === label)?.[1];
const stateOf = async (id: number) => (await db.prisma.campaign.findUniqueOrThrow({ where: { id } })).state;
/** The draft as it is kept, to be compared with what it is after something was refused. */
const kept = async (id: number) => db.prisma.campaign.findUniqueOrThrow({ where: { id } });

describe('a draft', () => {
  it('is made by its words alone, and shows what is set and who would read what', async () => {
    expect((await olga.says('broadcast')).body).toMatch(/Nothing has been sent yet/);
    await olga.says('broadcast new');
    const wrong = await olga.says('A coffee on us\n\nHi {nam}, come by!');
    expect(wrong.body).toMatch(/^I don't know \{nam\}. Did you mean \{name\}\?/);
    const draft = await olga.says('A coffee on us\n\nHi {name}, come by!');
    expect(draft.title).toBe('1. A coffee on us · draft');
    expect(fact(draft, 'Text')).toBe('English ✓ 3 readers\nSuomi is missing: 2 people read English');
    expect(fact(draft, 'People')).toBe('Everybody\n5 of 5 members\n5 agreed and can be reached');
    expect(labels(draft)).toEqual([
      'Text',
      'Picture',
      'Button',
      'People',
      'Time',
      'Ends',
      'Budget',
      'Control group',
      'More',
      'See it',
      'Send it to me',
      'Start',
      'Throw away',
    ]);
  });

  it('is changed part by part, by pressing and in words, and comes back each time', async () => {
    const texts = await olga.presses(await olga.says('broadcast 1'), 'Text');
    await olga.presses(texts, '+ Suomi');
    expect(fact(await olga.says('Kahvi meiltä, {name}!'), 'Text')).toBe('English ✓ 3 readers\nSuomi ✓ 2 readers');
    const buttons = await olga.presses(await olga.says('broadcast 1'), 'Button');
    const rewarding = await olga.presses(buttons, 'Give a reward');
    expect(fact(await olga.presses(rewarding, 'Free coffee'), 'Button')).toBe('Gives: Free coffee');
    expect(fact(await olga.says('broadcast 1 budget 40 coupons, €500'), 'Budget')).toBe('40 coupons, €500.00');
    expect(fact(await olga.says('broadcast 1 time 24.12. 10:00 local'), 'Time')).toMatch(
      /^Dec 24, 2026, 10:00 AM on everyone's own clock$/,
    );
    expect(fact(await olga.says('broadcast 1 time 18.00'), 'Time')).toBe('Nov 21, 2026, 6:00 PM');
    expect(fact(await olga.says('broadcast 1 ends 7'), 'Ends')).toBe('November 28, 2026');
    expect(fact(await olga.says('broadcast 1 control 10%'), 'Control group')).toBe('10 %');
    const more = await olga.presses(await olga.says('broadcast 1'), 'More');
    expect(fact(more, 'Purchases counted for')).toBe('14 days');
    const paid = await olga.presses(more, 'Paid speed');
    expect(paid.body).toMatch(/At most 1 Star for 5 people on Telegram/);
    expect(fact(await olga.presses(paid, 'Pay for speed'), 'Paid speed')).toBe('Pay for speed');
    await olga.says('broadcast 1 paid no');
    expect(fact(await olga.says('broadcast 1 people language:fi'), 'People')).toBe(
      'Language: Finnish\n2 of 5 members\n2 agreed and can be reached',
    );
  });

  it('keeps two wordings beside each other, and how the better one is found', async () => {
    const two = await olga.says('broadcast 1 wordings 2');
    expect(two.body).toContain('Still open:');
    expect(labels(two)).not.toContain('Start');
    await olga.says('broadcast 1 text b-en Come by for a coffee');
    expect(fact(await olga.says('broadcast 1 split 20% 24'), 'The better wording')).toBe(
      'Tried on 20% first: 24 hours. Then the one that more people claimed goes to the rest.',
    );
    expect((await olga.says('broadcast 1 look b-en')).body).toMatch(/^Come by for a coffee/);
    expect(fact(await olga.says('broadcast 1 wordings 1'), 'The better wording')).toBeUndefined();
  });

  it('is seen as it will look in each language, and sent to oneself', async () => {
    const look = await olga.presses(await olga.says('broadcast 1'), 'See it');
    expect(plainText(look)).toMatch(
      /A coffee on us\n\nHi (anna|dora|elsa), come by!\n\nUntil November 28, 2026\n\n\[ Take it: Free coffee \]/,
    );
    const finnish = await olga.presses(look, 'Suomi');
    expect(plainText(finnish)).toMatch(/Kahvi meiltä, (bea|cleo)!/);
    const sent = await olga.presses(finnish, 'Send it to me');
    expect(sent.body).toBe('It is on its way to you. Its buttons give nothing.');
    expect(await db.prisma.delivery.count({ where: { notice: 'campaign-test' } })).toBe(1);
  });

  it.each([
    ['broadcast 1 people tier:gold', /tier: there is no “gold” \(character 6\)/],
    ['broadcast 1 budget 0 coupons', /budget of nothing/],
    ['broadcast 1 budget lots', /I can't read this budget/],
    ['broadcast 1 time 1.1.2026 10:00', /Jan 1, 2026, 10:00 AM has passed/],
    ['broadcast 1 time soon', /can't read this time/],
    ['broadcast 1 ends 1.1.2026', /has passed: an offer has to end later/],
    ['broadcast 1 link nowhere', /nowhere/],
    ['broadcast 1 link javascript:alert(1) Go', /javascript/],
    ['broadcast 1 control 95', /0 to 90/],
    ['broadcast 1 reward tea', /There is no such reward/],
    ['broadcast 1 question Yes', /2/],
    ['broadcast 1 points 0', /1 to 1000000/],
    ['broadcast 1 split 20', /20% 24/],
    ['broadcast 1 text en xxx…', /Telegram takes 4096 characters here, and this can become 41\d\d/],
    ['broadcast 1 text en Hi {name', /\{name/],
  ])('stays as it was after %s', async (typed, sentence) => {
    const before = await kept(1);
    const refused = await olga.says(typed.replace('xxx…', 'x'.repeat(4_100)));
    expect(refused.body).toMatch(sentence);
    expect(labels(refused).length).toBeGreaterThan(0);
    expect(await kept(1)).toEqual(before);
    await olga.says('cancel');
  });

  it('takes no picture of 30 MB, and says so', async () => {
    await olga.presses(await olga.says('broadcast 1'), 'Picture');
    const photo = { id: 'p', bytes: 30 * 1024 * 1024, read: () => Promise.reject(new Error('never fetched')) };
    expect((await olga.says('', { photo })).body).toMatch(/^This file is too big: pictures may have up to 10 MB/);
    expect((await kept(1)).picture).toBeNull();
  });

  it('tells the second of two owners what the other one changed', async () => {
    const [mine, theirs] = [await olga.says('broadcast 1'), await otto.says('broadcast 1')];
    await otto.presses(await otto.presses(theirs, 'Control group'), '20 %');
    expect((await olga.presses(mine, 'Time')).body).toMatch(/^Otto changed it meanwhile \(.*\): Control group\. Have a look/);
    // What somebody changed themselves is no news to them.
    expect(labels(await otto.presses(theirs, 'Time'))).toContain('At once');
    await otto.says('cancel');
  });
});

/** What somebody is sent unasked, as it is painted now. */
async function painted(notice: string, user: string, params: Record<string, unknown>): Promise<View | undefined> {
  const scene = await sceneAt(shop.kernel, { channel: 'telegram', user, chat: user });
  const ctx = contextOf(db, shop.clock.now);
  return broadcastScreens.get(notice)?.(ctx, scene, { params, name: 'Olga' });
}

describe('a start', () => {
  it('says it all on one screen, and asks once more when it goes to more than half', async () => {
    await olga.says('broadcast new Hello everybody');
    await olga.says('broadcast 2 points 20');
    await olga.says('broadcast 2 budget 60 points');
    const sure = await olga.presses(await olga.says('broadcast 2'), 'Start');
    expect(sure.body).toBe(
      [
        'To 5 people of 5 members',
        'When: At once',
        'Nobody is disturbed between 21:00 and 09:00 of their own day',
        'Written in: English',
        'Gives at most 60 points.',
      ].join('\n'),
    );
    const large = await olga.presses(sure, 'Start');
    expect(large.body).toBe('That is 5 people of 5 members, more than half of them. Is that what you want?');
    expect(await stateOf(2)).toBe('draft');
    expect((await olga.says('broadcast everybody 2 4')).body).toMatch(/^The number has changed: it is 5 of 5/);
    const started = await olga.presses(large, 'Yes, to all 5');
    expect(started.body).toBe('It is on its way. The next message keeps the score by itself.');
    expect((await otto.presses(large, 'Yes, to all 5')).body).toMatch(/has been started|already|under way/i);
    expect(await db.prisma.campaignEvent.count({ where: { campaignId: 2, kind: 'started' } })).toBe(1);
  });

  it('needs a second owner above the limit, who sees what it is, and may say no', async () => {
    await olga.says('broadcast 1 control 0');
    await olga.says('broadcast 1 time now');
    await olga.says('broadcast 1 budget none');
    const sure = await olga.says('broadcast 1 start');
    expect(sure.body).toContain('a second owner is asked first');
    expect((await olga.presses(sure, 'Start')).title).toBe('1. A coffee on us · waits for a yes');
    expect(await db.prisma.delivery.count({ where: { notice: 'campaign-asked' } })).toBe(1);
    const asked = await painted('campaign-asked', 'otto', { campaign: 1 });
    expect(asked?.title).toBe('Olga wants to send this');
    expect(fact(asked ?? {}, 'Button')).toBe('Gives: Free coffee');
    expect(labels(asked ?? {})).toEqual(['See it', 'Agree', 'Decline']);
    expect((await olga.says('broadcast approve 1')).body).toMatch(/yourself|own|another owner|second owner/i);
    expect((await otto.says('broadcast 1')).title).toBe('1. A coffee on us · waits for a yes');
    await otto.says('broadcast decline 1');
    expect(await stateOf(1)).toBe('draft');
    await olga.presses(await olga.says('broadcast 1 start'), 'Start');
    await otto.says('broadcast approve 1');
    expect(await stateOf(1)).toBe('scheduled');
  });
});

describe('on its way', () => {
  const scores = async () =>
    db.prisma.delivery.findMany({
      where: { notice: 'broadcast-progress' },
      orderBy: { id: 'asc' },
      select: { id: true, state: true, dedupe: true },
    });

  it('keeps one score for each owner who watches, planned again only when there is something new to see', async () => {
    await planCampaigns(moment());
    expect(await watchProgress(moment())).toBe(3);
    expect((await scores()).map(({ dedupe }) => dedupe.replace(/:\d+$/, ''))).toEqual(['progress:1', 'progress:1', 'progress:2']);
    await db.prisma.delivery.updateMany({ where: { notice: 'broadcast-progress' }, data: { state: 'sent' } });
    expect(await watchProgress(moment())).toBe(3);
    await db.prisma.delivery.updateMany({ where: { notice: 'broadcast-progress' }, data: { state: 'sent' } });
    expect(await watchProgress(moment())).toBe(0);
    const [first, second] = await db.prisma.delivery.findMany({ where: { campaignId: 2 }, orderBy: { id: 'asc' } });
    await db.prisma.delivery.updateMany({
      where: { id: { in: [first?.id ?? 0n, second?.id ?? 0n] } },
      data: { state: 'unknown', sentAt: shop.clock.now },
    });
    await db.prisma.conversation.deleteMany();
    const stop = await olga.says('broadcast stop 2');
    // Who is asked whether to stop it looks at the question, not at a score painted over it.
    expect(await watchProgress(moment())).toBe(0);
    await olga.presses(stop, 'Back');
    expect(await watchProgress(moment())).toBe(1);
    // Planned again, and left before it was painted: the report stands there now.
    const [again] = await db.prisma.delivery.findMany({ where: { notice: 'broadcast-progress', state: 'planned' } });
    await db.prisma.delivery.update({ where: { id: again?.id ?? 0n }, data: { result: { message: '7' } } });
    await leaveScore(db, { id: 2, personId: again?.personId ?? null });
    expect(await db.prisma.delivery.findUnique({ where: { id: again?.id ?? 0n } })).toMatchObject({ state: 'sent' });
    await db.prisma.delivery.update({ where: { id: again?.id ?? 0n }, data: { state: 'planned', params: again?.params ?? {} } });
  });

  it('is painted with a bar, and steered', async () => {
    const running = await olga.says('broadcast 2');
    expect(running.body).toBe('▓▓▓▓░░░░░░ 40 %\nThe rest wait for their turn or a decent hour.');
    expect(running.facts).toEqual([
      ['Sent', '0'],
      ['Waiting', '3'],
      ['Uncertain', '2'],
      ['Claimed', '0 (at most 60 points)'],
    ]);
    // The first part of a try has it, the rest is still to come.
    const isWaiting = { campaignId: 2, state: 'planned' };
    const test = { percent: 20, by: 'claimed', hours: 4 };
    await db.prisma.delivery.updateMany({ where: isWaiting, data: { state: 'dropped' } });
    await db.prisma.campaign.update({ where: { id: 2 }, data: { test } });
    expect((await olga.says('broadcast 2')).body).toMatch(/The better one then goes to the rest/);
    await db.prisma.delivery.updateMany({ where: { ...isWaiting, state: 'dropped' }, data: { state: 'planned' } });
    await db.prisma.campaign.update({ where: { id: 2 }, data: { test: Prisma.DbNull } });
    expect((await olga.presses(running, 'Pause')).body).toMatch(/Paused: nothing goes out/);
    expect((await otto.says('broadcast resume 2')).body).toMatch(/The rest wait/);
    await olga.presses(await olga.presses(running, 'Stop'), 'Stop');
    expect(await stateOf(2)).toBe('stopped');
    await finishCampaigns(moment());
    const over = await olga.says('broadcast 2');
    expect(over.facts).toContainEqual(['Not sent', '3 · stopped']);
    expect(labels(over)).toEqual(['Report', 'Who is uncertain']);
    const who = await olga.presses(over, 'Who is uncertain');
    expect(who.title).toBe('Uncertain: 2');
    expect(who.facts?.map(([name]) => name)).toEqual(['anna', 'bea']);
  });

  it('ends in a report with an honest sentence, and the figures as a file', async () => {
    const report = await olga.says('broadcast 2 report');
    expect(report.body).toMatch(/^Nobody was held back, so nobody can say[\s\S]*Purchases are counted until December 5, 2026/);
    expect(fact(report, 'Reached')).toBe('2 · 40%');
    const { file } = await olga.presses(report, 'As a file');
    expect(file?.name).toBe('broadcast-2.csv');
    expect(new TextDecoder().decode(file?.bytes)).toMatch(/^figure,value\nplanned,5\n[\s\S]*verdict,no_control\n/);
    expect(labels(await olga.says('report'))).toContain('What broadcasts brought');
  });

  it('obeys nobody who is no owner any more', async () => {
    const before = await otto.says('broadcast 1');
    const otto_ = await db.prisma.address.findFirstOrThrow({ where: { user: 'otto' } });
    await db.prisma.staff.update({ where: { personId: otto_.personId ?? 0 }, data: { role: 'staff' } });
    expect(await painted('broadcast-progress', 'otto', { campaign: 1 })).toBeUndefined();
    expect((await painted('broadcast-progress', 'owner', { campaign: 1 }))?.title).toBe('1. A coffee on us');
    expect((await otto.presses(before, 'Pause')).body).toMatch(/Only an owner/);
    expect(await stateOf(1)).toBe('running');
  });

  it('says so kindly when what is being answered is no draft any more', async () => {
    await olga.says('broadcast new Soon over');
    await olga.presses(await olga.says('broadcast 3'), 'Time');
    await db.prisma.campaign.update({ where: { id: 3 }, data: { state: 'done', startedAt: shop.clock.now } });
    const late = await olga.says('someday');
    expect(late.body).toMatch(/can't read this time/);
    expect(labels(late)).toEqual(['Back']);
    await db.prisma.campaign.update({ where: { id: 3 }, data: { state: 'stopped', startedAt: null } });
    expect(shop.logged).toEqual([]);
  });

  it('throws a draft away, after asking', async () => {
    await olga.says('broadcast new Just a thought');
    const sure = await olga.presses(await olga.says('broadcast 4'), 'Throw away');
    expect((await olga.presses(sure, 'Throw away')).body).toBe('“Just a thought” is thrown away.');
    expect((await olga.says('broadcast')).facts?.map(([name]) => name)).toEqual(['2. Hello everybody', '1. A coffee on us']);
    expect(does(await olga.says('broadcast'), 'New broadcast')).toBe('broadcast new');
  });
});
