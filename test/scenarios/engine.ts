import { chores, doChores } from '../../src/jobs/chores.ts';
import { newCode } from '../../src/program/codes.ts';
import type { Actor, Database } from '../../src/program/context.ts';
import { ensureJourneys } from '../../src/program/journeys/ensure-journeys.ts';
import { credit } from '../../src/program/ledger/credit.ts';
import { refund } from '../../src/program/ledger/refund.ts';
import { findMember } from '../../src/program/members/find.ts';
import { join } from '../../src/program/members/join.ts';
import { confirmPayment } from '../../src/program/payments/answer-payment.ts';
import { askPayment } from '../../src/program/payments/ask-payment.ts';
import { Refusal } from '../../src/program/refusal.ts';
import { cancelCoupon } from '../../src/program/rewards/cancel-coupon.ts';
import { redeem } from '../../src/program/rewards/redeem.ts';
import { useCoupon } from '../../src/program/rewards/use-coupon.ts';
import type { Program, Rules } from '../../src/program/rules/rules.ts';
import { storedRules } from '../../src/program/settings/program.ts';
import { giveStamps } from '../../src/program/stamps/give.ts';
import { contextOf, newPerson } from '../support/ledger.ts';
import type { Event } from './script.ts';

type Card = { memberId: number; code: string; personId: number };

/** The engine, doing what a scenario's lines say through the verbs that the commands use. */
export class Engine {
  readonly db: Database;
  readonly timeZone: string;
  readonly cards = new Map<string, Card>();
  private program: Program;
  private readonly staff: Actor;

  private constructor(db: Database, timeZone: string, program: Program, staff: Actor) {
    this.db = db;
    this.timeZone = timeZone;
    this.program = program;
    this.staff = staff;
  }

  static async open(db: Database, rules: Rules, timeZone: string): Promise<Engine> {
    const { actor } = await newPerson(db, 'owner');
    await ensureJourneys(db, new Date(0));
    return new Engine(db, timeZone, await Engine.publish(db, rules, new Date(0)), actor);
  }

  private static async publish(db: Database, rules: Rules, startsAt: Date): Promise<Program> {
    const { id } = await db.prisma.programVersion.create({ data: { rules: storedRules(rules), startsAt, createdAt: startsAt } });
    return { version: id, rules };
  }

  card(name: string): Card {
    const card = this.cards.get(name);
    if (!card) throw new Refusal('member.unknown');
    return card;
  }

  private async coupon(who: string, reward: string, open: boolean): Promise<string> {
    const { memberId } = this.card(who);
    const unused = { usedAt: null, cancelledAt: null, expiredAt: null };
    const mine = { memberId, reward };
    const coupon =
      (await this.db.prisma.coupon.findFirst({ where: { ...mine, ...unused }, orderBy: { id: open ? 'desc' : 'asc' } })) ??
      (await this.db.prisma.coupon.findFirst({ where: mine, orderBy: { id: 'desc' } }));
    if (!coupon) throw new Refusal('coupon.unknown');
    return coupon.code;
  }

  private async pay(deed: Extract<Event['deed'], { do: 'pay' }>, at: Date): Promise<void> {
    const { code, personId } = this.card(deed.who);
    const ctx = contextOf(this.db, at, { actor: this.staff });
    const bill = {
      member: code,
      amountMinor: deed.amountMinor,
      currency: 'EUR',
      ...(deed.receipt ? { receipt: deed.receipt } : {}),
    };
    const find = () => findMember(ctx, code, 'telegram');
    const asked = await askPayment(ctx, bill, { program: this.program, timeZone: this.timeZone, place: 'the shop', find });
    await confirmPayment(contextOf(this.db, at, { actor: { kind: 'person', personId } }), asked.paymentId, this.timeZone);
  }

  private async join(name: string, birthday: string | undefined, now: Date): Promise<void> {
    const newcomer = { channel: 'telegram', user: name, chat: name, name, language: 'en' };
    const joined = await join(contextOf(this.db, now), newcomer, this.program, this.timeZone);
    this.cards.set(name, joined);
    if (birthday) await this.db.prisma.member.update({ where: { id: joined.memberId }, data: { birthday } });
  }

  private async buy(deed: Extract<Event['deed'], { do: 'buy' }>, now: Date): Promise<void> {
    const { who, amountMinor, receipt, items, shop } = deed;
    const purchase = {
      member: this.card(who).code,
      amountMinor,
      currency: 'EUR',
      items,
      ...(receipt ? { receipt } : {}),
      ...(shop === null ? {} : { shop }),
    };
    await credit(contextOf(this.db, now, { actor: this.staff }), purchase, this.program, this.timeZone);
  }

  private async refund(deed: Extract<Event['deed'], { do: 'return' }>, now: Date): Promise<void> {
    const sale = await this.db.prisma.sale.findFirst({
      where: { receipt: deed.receipt, member: { id: this.card(deed.who).memberId } },
    });
    const part = deed.amountMinor === null ? {} : { amountMinor: deed.amountMinor };
    await refund(contextOf(this.db, now, { actor: this.staff }), {
      saleId: Number(sale?.id ?? 0),
      timeZone: this.timeZone,
      ...part,
    });
  }

  async happens({ deed, at }: Event, rules: Rules): Promise<void> {
    const byStaff = contextOf(this.db, at, { actor: this.staff });
    if (deed.do === 'change') this.program = await Engine.publish(this.db, rules, at);
    if (deed.do === 'join') await this.join(deed.who, deed.birthday, at);
    if (deed.do === 'buy') await this.buy(deed, at);
    if (deed.do === 'return') await this.refund(deed, at);
    if (deed.do === 'pay') await this.pay(deed, at);
    if (deed.do === 'redeem') {
      const { memberId, personId } = this.card(deed.who);
      const agreed = this.program.rules.rewards.find(({ id }) => id === deed.reward)?.cost ?? 0;
      const ctx = contextOf(this.db, at, { actor: { kind: 'person', personId }, key: newCode() });
      await redeem(ctx, { memberId, reward: deed.reward, agreed }, this.program, this.timeZone);
    }
    if (deed.do === 'cancel') {
      const { memberId, personId } = this.card(deed.who);
      const code = await this.coupon(deed.who, deed.reward, true);
      await cancelCoupon(contextOf(this.db, at, { actor: { kind: 'person', personId } }), { memberId, code });
    }
    if (deed.do === 'use') await useCoupon(byStaff, { code: await this.coupon(deed.who, deed.reward, false) });
    if (deed.do === 'stamp')
      await giveStamps(
        byStaff,
        { member: this.card(deed.who).code, card: deed.card, stamps: deed.count },
        this.program,
        this.timeZone,
      );
    if (deed.do === 'night') {
      const moment = { db: this.db, now: at, timeZone: this.timeZone, stopping: new AbortController().signal };
      for (const { list } of Object.values(chores)) await doChores(list, moment);
    }
  }

  /** What was planned to be said to somebody, in its order: notices, and journeys by their key. */
  async messages(name: string): Promise<string[]> {
    const rows = await this.db.prisma.delivery.findMany({
      where: { personId: this.card(name).personId, place: 'chat' },
      orderBy: { id: 'asc' },
    });
    const journeys = await this.db.prisma.campaign.findMany();
    return rows.map(({ notice, campaignId }) => journeys.find(({ id }) => id === campaignId)?.key ?? notice);
  }
}
