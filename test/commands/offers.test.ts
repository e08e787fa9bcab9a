import { randomUUID } from 'node:crypto';
import { createCanvas } from '@napi-rs/canvas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scene } from '../../src/chat/command.ts';
import type { FileRef } from '../../src/chat/inbound.ts';
import { plainText } from '../../src/chat/view.ts';
import { pictureAsk } from '../../src/commands/picture-ask.ts';
import type { Prisma } from '../../src/database/generated/client.ts';
import type { CampaignButton, Offer } from '../../src/program/campaigns/campaign.ts';
import { followLink } from '../../src/program/campaigns/follow-link.ts';
import { isKept } from '../../src/program/campaigns/media.ts';
import { verify } from '../../src/program/ledger/verify.ts';
import { programAt, storedRules } from '../../src/program/settings/program.ts';
import { mug } from '../support/rewards.ts';
import { openShop } from '../support/talk.ts';

describe('offers, as customers meet them', () => {
  let setting: Awaited<ReturnType<typeof openShop>>;
  beforeAll(async () => {
    setting = await openShop();
    const { db, shop } = setting;
    const { rules } = await programAt(db, shop.clock.now);
    const rewards = [mug({ id: 'mug', name: { en: 'A mug', fi: 'Muki' }, cost: 90 })];
    const at = new Date(shop.clock.now.getTime() - 60_000);
    await db.prisma.programVersion.create({ data: { rules: storedRules({ ...rules, rewards }), startsAt: at, createdAt: at } });
  });
  afterAll(() => setting.db.close());

  const joined = async (name: string, language = 'en') => {
    const who = setting.shop.person(`user-${name}`, name, language);
    await who.says('join');
    return who;
  };
  const addressOf = (user: string) =>
    setting.db.prisma.address.findFirstOrThrow({ where: { user }, include: { person: { include: { member: true } } } });
  const texts = { en: { title: 'For {name}', body: 'Come and see.' }, fi: { title: 'Hei {name}', body: 'Tule käymään.' } };

  type Message = { button: CampaignButton; offer?: Offer; endsAt?: Date; budget?: object; params?: object };

  /** A broadcast that has arrived with somebody; gives the delivery's id. */
  async function sent(user: string, { button, offer, endsAt, budget = {}, params = {} }: Message): Promise<number> {
    const { db, shop } = setting;
    const { now } = shop.clock;
    const { id: addressId, personId, channel, person } = await addressOf(user);
    const shared = {
      kind: 'broadcast',
      name: 'Spring',
      state: 'running',
      topic: 'offers',
      createdAt: now,
      startedAt: now,
    } as const;
    const json = { button: button as Prisma.InputJsonValue, budget, ...(offer ? { offer: offer as Prisma.InputJsonValue } : {}) };
    const campaign = await db.prisma.campaign.create({ data: { ...shared, ...json, ...(endsAt ? { endsAt } : {}) } });
    const slot = `campaign:${campaign.id}:a`;
    await db.prisma.messageText.create({ data: { slot, version: 1, texts, fallback: 'en', at: now } });
    const place = {
      personId,
      addressId,
      channel,
      memberId: person.member?.id ?? null,
      campaignId: campaign.id,
      variant: 'a',
      period: '',
    };
    const { id } = await db.prisma.delivery.create({
      data: {
        ...place,
        notice: 'campaign',
        params,
        dedupe: randomUUID(),
        lane: 'campaign',
        state: 'sent',
        attempt: 1,
        notBefore: now,
        createdAt: now,
      },
    });
    return Number(id);
  }
  const claimMug: Message = { button: { kind: 'claim' }, offer: { kind: 'reward', reward: 'mug' } };
  const couponsOf = async (user: string) =>
    setting.db.prisma.coupon.count({ where: { memberId: (await addressOf(user)).person.member?.id ?? 0 } });
  const responses = () => setting.db.prisma.campaignResponse.count();

  it('show what is open in one’s own language with a press that takes it; ten presses are one coupon and one reply', async () => {
    const anna = await joined('Anna', 'fi');
    const delivery = await sent(anna.user, { ...claimMug, endsAt: new Date('2026-12-24T10:00:00Z') });
    const open = await anna.says('tarjoukset');
    expect(plainText(open)).toContain('Hei Anna\n\nTule käymään.\n\nMuki: 24.12.2026 klo 12.00 asti');
    const replies = await Promise.all(Array.from({ length: 10 }, () => anna.says(`offer take ${delivery}`)));
    expect(await couponsOf(anna.user)).toBe(1);
    expect(replies[0]?.image).toBeDefined();
    for (const reply of replies) expect(plainText(reply)).toBe(plainText(replies[0] ?? {}));
    expect(plainText(await anna.says('kupongit'))).toContain('Muki');
    expect(plainText(await anna.says('tarjoukset'))).toContain('ei ole juuri nyt tarjouksia');
    expect((await verify(setting.db)).problems).toEqual([]);
  });

  it('give points at once, and list several by what ends first', async () => {
    const ben = await joined('Bea');
    const before = (await addressOf(ben.user)).person.member?.id ?? 0;
    const later = await sent(ben.user, claimMug);
    const points = await sent(ben.user, {
      button: { kind: 'claim', label: { en: 'Gimme' } },
      offer: { kind: 'points', points: 25 },
      endsAt: new Date('2026-12-01T10:00:00Z'),
    });
    const open = await ben.says('offers');
    expect(open.facts?.map(([, value]) => value)).toEqual([expect.stringContaining('25 points · until'), 'A mug · no hurry']);
    const taken = await ben.presses(open, 'Gimme');
    expect(taken.title).toBe('25 points for you');
    const { balance } = await setting.db.prisma.wallet.findUniqueOrThrow({ where: { memberId: before } });
    expect(plainText(taken)).toContain(`You have ${balance} points.`);
    expect(plainText(await ben.says(`offer take ${points}`))).toBe(plainText(taken));
    expect((await ben.says('offers')).buttons?.[0]?.[0]).toMatchObject({ does: `offer take ${later}` });
  });

  it('belong to who got them: nobody else’s press takes anything', async () => {
    const eve = await joined('Eve');
    const other = await joined('Other');
    const delivery = await sent(eve.user, claimMug);
    const before = await responses();
    expect(plainText(await other.says(`offer take ${delivery}`))).toContain('sent to somebody else');
    expect(plainText(await other.says(`offer open ${delivery}`))).toContain('sent to somebody else');
    const stranger = setting.shop.person('nobody', 'Nobody');
    const invited = await stranger.says(`offer take ${delivery}`);
    expect(plainText(invited)).toContain('First get your card');
    expect(invited.buttons?.flat()[0]).toMatchObject({ does: 'join' });
    for (const text of ['offer take 999999', 'offer take mine', 'offer answer 999999 1'])
      expect(plainText(await eve.says(text)), text).toContain("don't know this offer");
    expect(plainText(await eve.says('offer take'))).toContain('For Eve');
    expect(await responses()).toBe(before);
  });

  it('end, and run out, with a sentence', async () => {
    const { clock } = setting.shop;
    const fay = await joined('Fay');
    const [late, first] = [
      await sent(fay.user, { ...claimMug, endsAt: new Date(clock.now.getTime() + 3_600_000) }),
      await sent(fay.user, { ...claimMug, budget: { coupons: 0 } }),
    ];
    expect(plainText(await fay.says(`offer take ${first}`))).toContain('others were faster');
    clock.now = new Date(clock.now.getTime() + 7_200_000);
    expect(plainText(await fay.says(`offer take ${late}`))).toContain('This offer ended');
    expect(await couponsOf(fay.user)).toBe(0);
  });

  it('lead to a page: by a press, or by an address of ours, counted once', async () => {
    const gus = await joined('Gus');
    const link: CampaignButton = { kind: 'link', url: 'https://shop.example/menu', label: { en: 'Menu', fi: 'Ruokalista' } };
    const pressed = await sent(gus.user, { button: link });
    const before = await responses();
    for (const _ of [1, 2])
      expect((await gus.says(`offer open ${pressed}`)).buttons?.[0]?.[0]).toEqual({
        label: 'Menu',
        url: 'https://shop.example/menu',
      });
    const opened = await sent(gus.user, { button: link });
    const now = setting.shop.clock.now;
    const addresses = await Promise.all([1, 2, 3].map(() => followLink(setting.db, opened, now)));
    expect(new Set(addresses)).toEqual(new Set(['https://shop.example/menu']));
    expect(await responses()).toBe(before + 2);
    expect(await followLink(setting.db, 999_999, now)).toBeUndefined();
    expect(await followLink(setting.db, await sent(gus.user, claimMug), now)).toBeUndefined();
  });

  it('ask: the first answer counts, and it is said which that was', async () => {
    const hal = await joined('Hal');
    const question = await sent(hal.user, {
      button: { kind: 'question', answers: [{ en: 'Cake', fi: 'Kakku' }, { en: 'Pie' }] },
    });
    expect(plainText(await hal.says(`offer answer ${question} 1`, { id: 'press-pie' }))).toContain('Your answer: Pie');
    expect(plainText(await hal.says(`offer answer ${question} 0`))).toContain('already, and that counts: Pie');
    expect(plainText(await hal.says(`offer answer ${question} 1`, { id: 'press-pie' }))).toContain('Thank you! Your answer: Pie');
    const scale = await sent(hal.user, { button: { kind: 'scale' } });
    expect(plainText(await hal.says(`offer answer ${scale} 11`))).toContain('none of the answers');
    expect(plainText(await hal.says(`offer answer ${scale} ten`))).toContain('none of the answers');
    expect(plainText(await hal.says(`offer answer ${scale} 10`))).toContain('Your answer: 10');
  });

  it('give nothing while they are tried', async () => {
    const { id: addressId, personId, channel } = await addressOf(setting.olga.user);
    await setting.olga.says('join');
    const at = setting.shop.clock.now;
    const { id } = await setting.db.prisma.delivery.create({
      data: {
        notice: 'campaign-test',
        params: {},
        personId,
        addressId,
        channel,
        dedupe: randomUUID(),
        state: 'sent',
        notBefore: at,
        createdAt: at,
      },
    });
    for (const text of [`offer take ${id}`, `offer open ${id}`, `offer answer ${id} 3`])
      expect(plainText(await setting.olga.says(text)), text).toContain('This is a test');
  });

  it('take a picture as a photo or a file, and say what is wrong with one', async () => {
    const { db, shop } = setting;
    const ctx = { db, now: shop.clock.now, actor: { kind: 'program', name: 'test' }, key: { id: randomUUID() } } as const;
    const say = shop.kernel.words.say('en');
    const ask = pictureAsk('picture', () => ({ body: 'A picture?' }));
    const sends = async (photo: FileRef | undefined, typed = '') => ask.read(typed, ctx, { photo, say } as unknown as Scene, {});
    const file = (bytes: Uint8Array, size = bytes.length): FileRef => ({ id: 'f', bytes: size, read: async () => bytes });
    const never: FileRef = { id: 'f', bytes: 30_000_000, read: () => Promise.reject(new Error('nobody fetches 30 MB')) };

    const png = await createCanvas(400, 300).encode('png');
    const hash = await sends(file(png));
    expect(await sends(file(png))).toBe(hash);
    const kept = await db.prisma.media.findUniqueOrThrow({ where: { hash } });
    expect(Buffer.from(kept.bytes).subarray(1, 4).toString()).toBe('PNG');
    expect(await sends(undefined, hash)).toBe(hash);
    expect([await sends(undefined, 'none'), await sends(undefined, 'No')]).toEqual(['none', 'none']);
    expect(await isKept({ db }, 'f'.repeat(64))).toBe(false);
    await expect(sends(undefined, 'f'.repeat(64))).rejects.toThrow('picture.wanted');
    await expect(sends(undefined, 'tomorrow')).rejects.toThrow('picture.wanted');
    await expect(sends(never)).rejects.toThrow('picture.too_big');
    await expect(sends({ ...never, bytes: 5 })).rejects.toThrow('picture.not_fetched');
    await expect(sends(file(new Uint8Array(11_000_000), 5))).rejects.toThrow('picture.too_big');
    await expect(sends(file(Buffer.from('%PDF-1.7')))).rejects.toThrow('picture.not_an_image');
    await expect(sends(file(await createCanvas(20, 20).encode('png')))).rejects.toThrow('picture.too_small');
  });
});
