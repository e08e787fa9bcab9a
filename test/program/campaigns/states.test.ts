import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { audienceOf } from '../../../src/program/campaigns/audience.ts';
import type { Campaign, CampaignButton } from '../../../src/program/campaigns/campaign.ts';
import { campaignsOf } from '../../../src/program/campaigns/campaigns.ts';
import { changeDraft, changeTexts, createDraft, type DraftPatch } from '../../../src/program/campaigns/draft.ts';
import { planTest } from '../../../src/program/campaigns/plan-test.ts';
import { problemsOf } from '../../../src/program/campaigns/problems.ts';
import { approveCampaign, declineCampaign, startCampaign } from '../../../src/program/campaigns/start.ts';
import { pauseCampaign, resumeCampaign, stopCampaign } from '../../../src/program/campaigns/steer.ts';
import { mostGiven } from '../../../src/program/campaigns/worth.ts';
import type { Context } from '../../../src/program/context.ts';
import { plainRules } from '../../../src/program/rules/rules.ts';
import { newPerson } from '../../support/ledger.ts';
import { mug } from '../../support/rewards.ts';
import { at, mugOffer, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
let kept: Campaign;
let second: Awaited<ReturnType<typeof newPerson>>;

const rewards = [
  mug({ cost: 0 }),
  mug({ id: 'old', until: '2026-02-01' }),
  mug({ id: 'tenner', kind: 'money', amountMinor: 1_000 }),
];
const rules = { ...plainRules(100), rewards };

beforeAll(async () => {
  stage = await openStage({ rewards, contact: { approveAbove: { coupons: 100, minor: 50_000 } } });
  kept = await createDraft(stage.ctx(), { name: 'Spring' });
  await stage.members(6);
  await stage.members(2, { language: 'fi', agreed: false });
});
beforeEach(async () => {
  second = await newPerson(stage.db, 'owner');
});
afterAll(() => stage.close());

const bySecond = (key?: string): Context => stage.as(second.actor, at('02'), key);
const start = (ctx: Context, { id, version }: Campaign, large = true) => startCampaign(ctx, { id, version, large }, 'UTC');
const kinds = async (id: number) =>
  (await stage.db.prisma.campaignEvent.findMany({ where: { campaignId: id }, orderBy: { id: 'asc' } })).map(({ kind }) => kind);
const refuses = (code: string, params: object = {}) => ({ code, params: expect.objectContaining(params) as object });

describe('a draft', () => {
  it('is changed by who saw it as it is; the other is told who was faster', async () => {
    const draft = await stage.draft();
    const changed = await changeDraft(bySecond(), { id: draft.id, version: draft.version, patch: { controlPercent: 10 } }, 'UTC');
    expect(changed).toMatchObject({ controlPercent: 10, version: draft.version + 1 });
    const mine = { id: draft.id, version: draft.version };
    await expect(changeDraft(stage.ctx(), { ...mine, patch: { name: 'Mine' } }, 'UTC')).rejects.toMatchObject(
      refuses('campaign.changed', { name: 'owner', at: at('02').toISOString() }),
    );
    const texts = { texts: { en: { body: 'Other words' } }, fallback: 'en' };
    await expect(changeTexts(stage.ctx(), { ...mine, texts })).rejects.toMatchObject(refuses('campaign.changed'));
    await expect(start(stage.ctx(), draft)).rejects.toMatchObject(refuses('campaign.changed'));
    expect(await stage.campaign(draft.id)).toEqual(changed);
  });

  it('is made and changed once for one event', async () => {
    const made = await Promise.all([1, 2].map(() => createDraft(stage.ctx(at('02'), 'make'), { name: ' Spring ' })));
    expect(made[0]).toEqual(made[1]);
    const change = { id: made[0]?.id ?? 0, version: 1, patch: { windowDays: 7 } };
    await changeDraft(stage.ctx(at('02'), 'change'), change, 'UTC');
    expect(await changeDraft(stage.ctx(at('02'), 'change'), change, 'UTC')).toMatchObject({ version: 2, name: 'Spring' });
    expect(await kinds(change.id)).toEqual(['made', 'changed']);
    const customer = await newPerson(stage.db, null);
    await expect(createDraft(stage.as(customer.actor), { name: 'Mine' })).rejects.toMatchObject(refuses('owner.only'));
  });

  const link = (url: string): CampaignButton => ({ kind: 'link', url, label: { en: 'Open' } });
  const bad: [string, DraftPatch, object?][] = [
    ['campaign.name', { name: ' ' }],
    ['campaign.topic', { topic: 'reminders' }],
    ['campaign.link', { button: link('javascript:alert(1)') }],
    ['campaign.link', { button: link('https://a b.example') }, { url: 'https://a b.example' }],
    ['campaign.link', { button: link('shop') }],
    ['campaign.label', { button: { kind: 'claim', label: { en: 'x'.repeat(61) } } }],
    ['campaign.answers', { button: { kind: 'question', answers: [{ en: 'Only' }] } }],
    ['campaign.points', { offer: { kind: 'points', points: 0 } }],
    ['campaign.reward', { offer: { kind: 'reward', reward: 'none' } }],
    ['campaign.reward_over', { offer: { kind: 'reward', reward: 'old' } }],
    ['budget.nothing', { budget: { coupons: 0 } }],
    ['campaign.time', { schedule: { kind: 'local', at: '2026-03-41T10:00' } }],
    ['campaign.past', { schedule: { kind: 'at', at: at('01').toISOString() } }, { at: at('01').toISOString() }],
    ['campaign.ends_past', { endsAt: at('01') }],
    ['campaign.control', { controlPercent: 91 }],
    ['campaign.variants', { variants: ['b'] }],
    ['campaign.test_share', { test: { percent: 100, by: 'claimed', hours: 4 } }],
    ['campaign.test_hours', { test: { percent: 20, by: 'claimed', hours: 0 } }],
    ['campaign.window', { windowDays: 0 }],
    ['campaign.worth', { worth: -1 }],
    ['campaign.picture_gone', { picture: 'nothing' }],
    ['segment.near_condition', { segment: 'visit>3' }, { word: 'visit' }],
  ];
  it.each(bad)('is kept when a value is refused: %s', async (code, patch, params) => {
    const change = { id: kept.id, version: kept.version, patch };
    await expect(changeDraft(stage.ctx(), change, 'UTC')).rejects.toMatchObject(refuses(code, params));
    expect(await stage.campaign(kept.id)).toEqual(kept);
  });

  it('of a journey has no limit below what it has given', async () => {
    const { id, version } = await stage.db.prisma.campaign.create({
      data: { kind: 'journey', key: 'reach', name: 'r', state: 'running', topic: 'tips', createdAt: at('01'), givenCoupons: 5 },
    });
    const limit = (coupons: number) => changeDraft(stage.ctx(), { id, version, patch: { budget: { coupons } } }, 'UTC');
    await expect(limit(4)).rejects.toMatchObject(refuses('budget.below_given', { count: 5 }));
    expect(await limit(5)).toMatchObject({ budget: { coupons: 5 } });
  });

  it('is told all that keeps it from being started', async () => {
    const draft = await createDraft(stage.ctx(), { name: 'Spring' });
    const patch: DraftPatch = {
      ...{ offer: { kind: 'reward', reward: 'tenner' }, budget: { minor: 999 }, endsAt: at('03'), segment: 'language:fi' },
      ...{ schedule: { kind: 'at', at: at('04').toISOString() }, test: { percent: 20, by: 'claimed', hours: 4 } },
    };
    const changed = await changeDraft(stage.ctx(), { id: draft.id, version: 1, patch }, 'UTC');
    const { problems, audience } = await problemsOf(stage.db, changed, { now: at('02'), timeZone: 'UTC', rules });
    expect(problems.map(({ code }) => code)).toEqual([
      ...[
        'campaign.no_text',
        'campaign.no_claim_button',
        'budget.too_small',
        'campaign.ends_first',
        'campaign.test_wordings',
        'campaign.nobody_reachable',
      ],
    ]);
    const points = { ...changed, offer: { kind: 'points', points: 5 }, budget: { coupons: 9 } } as const;
    const unlike = await problemsOf(stage.db, points, { now: at('02'), timeZone: 'UTC', rules });
    expect(unlike.problems.map(({ code }) => code)).toContain('budget.idle');
    expect(audience).toMatchObject({ members: 2, of: 8, consented: 0, reachable: 0 });
    await expect(start(stage.ctx(), changed)).rejects.toMatchObject(refuses('campaign.no_text', { variant: 'a' }));
    const nobody = await stage.draft({ segment: 'language:ru' });
    await expect(start(stage.ctx(), nobody)).rejects.toMatchObject(refuses('segment.nobody'));
    const wrong = { texts: { en: { body: 'Hi {nmae}' } }, fallback: 'en' };
    const said = await changeTexts(stage.ctx(), { id: nobody.id, version: nobody.version, texts: wrong });
    await expect(start(stage.ctx(), said)).rejects.toMatchObject(
      refuses('texts.unknown_variable', { near: '{name}', language: 'en', variant: 'a' }),
    );
  });

  it('counts whom it would reach, by language and messenger', async () => {
    const audience = await audienceOf(stage.db, { segment: '', topic: 'offers' }, { now: at('02'), timeZone: 'UTC', rules });
    expect(audience).toEqual({
      ...{ members: 8, of: 8, consented: 6, reachable: 6 },
      ...{ byLanguage: [{ language: 'en', members: 6 }], byChannel: [{ channel: 'telegram', members: 6 }] },
    });
  });

  it('is sent to its owner to look at, once for a press', async () => {
    const { id } = await stage.draft();
    const { personId } = stage.owner;
    await stage.db.prisma.address.upsert({
      where: { channel_user: { channel: 'telegram', user: 'owner' } },
      create: { personId, channel: 'telegram', user: 'owner', chat: 'owner', usedAt: at('01') },
      update: {},
    });
    for (const _ of [1, 2]) await planTest(stage.ctx(at('02'), 'look'), { id, languages: ['en', 'fi', 'en'] });
    const rows = await stage.db.prisma.delivery.findMany({ where: { notice: 'campaign-test' }, orderBy: { id: 'asc' } });
    expect(rows.map(({ params, personId: who, campaignId }) => ({ params, who, campaignId }))).toEqual(
      ['en', 'fi'].map((language) => ({ params: { campaign: id, variant: 'a', language }, who: personId, campaignId: null })),
    );
    await expect(planTest(stage.ctx(), { id, variant: 'b', languages: ['en'] })).rejects.toMatchObject(
      refuses('campaign.no_variant'),
    );
  });
});

describe('a start', () => {
  it('happens once when two owners press, and again for a repeated event only as its reply', async () => {
    const draft = await stage.draft();
    const results = await Promise.allSettled([start(stage.ctx(at('02'), 'mine'), draft), start(bySecond(), draft)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const lost = results.find((result) => result.status === 'rejected');
    expect(lost?.reason).toMatchObject(refuses('campaign.started'));
    expect((await kinds(draft.id)).filter((kind) => kind === 'started')).toEqual(['started']);
    const once = await stage.draft();
    const first = await start(stage.ctx(at('02'), 'again'), once);
    expect(await start(stage.ctx(at('02'), 'again'), once)).toEqual(first);
    expect(first).toMatchObject({
      state: 'scheduled',
      startedBy: stage.owner.personId,
      beginsAt: at('02'),
      textVersions: { a: 1 },
    });
    await expect(changeDraft(stage.ctx(), { ...first, patch: { name: 'Late' } }, 'UTC')).rejects.toMatchObject(
      refuses('campaign.started'),
    );
  });

  it('needs one more yes for more than half of the members', async () => {
    const draft = await stage.draft();
    await expect(start(stage.ctx(), draft, false)).rejects.toMatchObject(refuses('campaign.large', { members: 8, of: 8 }));
    expect(await start(stage.ctx(), draft)).toMatchObject({ state: 'scheduled' });
  });

  it('waits for a second owner when it may give more than one may decide, and is a draft again when it changes', async () => {
    const { id, version } = await start(stage.ctx(), await stage.draft(mugOffer));
    expect(await stage.campaign(id)).toMatchObject({ state: 'asked', startedAt: null });
    const asked = await stage.db.prisma.delivery.count({ where: { notice: 'campaign-asked', personId: stage.owner.personId } });
    expect(asked).toBe(0);
    await expect(approveCampaign(stage.ctx(), { id, version }, 'UTC')).rejects.toMatchObject(refuses('campaign.approve_own'));
    expect(await declineCampaign(bySecond(), { id, version })).toMatchObject({ state: 'draft', version: version + 1 });
    await start(stage.ctx(), await stage.campaign(id));
    const changed = await changeDraft(bySecond(), { id, version: version + 1, patch: { budget: { coupons: 101 } } }, 'UTC');
    expect(changed).toMatchObject({ state: 'draft' });
    await start(stage.ctx(), changed);
    const both = await Promise.allSettled([1, 2].map(() => approveCampaign(bySecond(), changed, 'UTC')));
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await stage.campaign(id)).toMatchObject({
      state: 'scheduled',
      approvedBy: second.personId,
      startedBy: stage.owner.personId,
    });
    expect(await kinds(id)).toEqual(['made', 'changed', 'texts', 'asked', 'declined', 'asked', 'changed', 'asked', 'approved']);
    // Fifty coupons of 10.00 are 500.00, not more; what a mug is worth nobody can say, so that is asked.
    const tenner: DraftPatch = { ...mugOffer, offer: { kind: 'reward', reward: 'tenner' } };
    expect(await start(stage.ctx(), await stage.draft({ ...tenner, budget: { coupons: 50 } }))).toMatchObject({
      state: 'scheduled',
    });
    for (const patch of [
      { ...tenner, budget: { coupons: 51 } },
      { ...mugOffer, budget: { coupons: 1 } },
    ]) {
      expect(await start(stage.ctx(), await stage.draft(patch))).toMatchObject({ state: 'asked' });
    }
  });

  it('is the decision of a shop’s only owner, and the log says so', async () => {
    await stage.db.prisma.staff.deleteMany({ where: { personId: { not: stage.owner.personId } } });
    const { id, state } = await start(stage.ctx(), await stage.draft(mugOffer));
    expect(state).toBe('scheduled');
    const event = await stage.db.prisma.campaignEvent.findFirstOrThrow({ where: { campaignId: id, kind: 'started' } });
    expect(event.details).toMatchObject({ alone: true, large: true });
  });

  it('knows the most that it may give', () => {
    const coupon = { kind: 'reward', reward: 'tenner' } as const;
    expect(mostGiven(coupon, { coupons: 5 }, rules)).toEqual({ coupons: 5, points: 0, minor: 5_000 });
    expect(mostGiven(coupon, { minor: 2_500 }, rules)).toEqual({ coupons: 2, points: 0, minor: 2_000 });
    expect(mostGiven(coupon, {}, rules)).toEqual({ coupons: Infinity, points: 0, minor: Infinity });
    expect(mostGiven({ kind: 'points', points: 30 }, { points: 100 }, rules)).toMatchObject({ coupons: 0, points: 90 });
    expect(mostGiven(null, {}, rules)).toEqual({ coupons: 0, points: 0, minor: 0 });
  });
});

describe('while it runs', () => {
  it('an owner who is one no longer steers nothing; what they started goes on', async () => {
    const { id } = await start(bySecond(), await stage.draft());
    await stage.plan(at('02'));
    await stage.db.prisma.staff.update({ where: { personId: second.personId }, data: { role: 'staff' } });
    for (const verb of [pauseCampaign, resumeCampaign, stopCampaign])
      await expect(verb(bySecond(), { id })).rejects.toMatchObject(refuses('owner.only'));
    expect(await stage.campaign(id)).toMatchObject({ state: 'running' });
    await expect(start(bySecond(), await stage.draft())).rejects.toMatchObject(refuses('owner.only'));
  });

  it('is paused, resumed and stopped, each only where it makes sense', async () => {
    const { id } = await start(stage.ctx(), await stage.draft());
    await stage.plan(at('02'));
    await expect(resumeCampaign(stage.ctx(), { id })).rejects.toMatchObject(refuses('campaign.not_paused', { state: 'running' }));
    for (const _ of [1, 2]) expect(await pauseCampaign(stage.ctx(at('02'), 'pause'), { id })).toMatchObject({ state: 'paused' });
    await expect(pauseCampaign(stage.ctx(), { id })).rejects.toMatchObject(refuses('campaign.not_running', { state: 'paused' }));
    expect(await resumeCampaign(stage.ctx(), { id })).toMatchObject({ state: 'running' });
    expect(await stopCampaign(stage.ctx(at('03')), { id })).toMatchObject({ state: 'stopped', endedAt: at('03') });
    for (const verb of [pauseCampaign, resumeCampaign, stopCampaign]) await expect(verb(stage.ctx(), { id })).rejects.toThrow();
    await expect(stopCampaign(stage.ctx(), { id })).rejects.toMatchObject(refuses('campaign.over', { state: 'stopped' }));
    expect(await kinds(id)).toEqual(['made', 'texts', 'started', 'began', 'paused', 'resumed', 'stopped']);
    const draft = await stage.draft();
    await stopCampaign(stage.ctx(), { id: draft.id });
    expect((await campaignsOf(stage.db)).some((campaign) => campaign.id === draft.id)).toBe(false);
    expect((await campaignsOf(stage.db, { states: ['stopped'] })).map((campaign) => campaign.id)).toEqual([id]);
    await expect(stage.campaign(4_000_000_000)).rejects.toMatchObject(refuses('campaign.unknown'));
  });
});
