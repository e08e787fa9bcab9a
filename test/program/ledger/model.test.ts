import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expire } from '../../../src/program/ledger/expire.ts';
import { endsOf } from '../../../src/program/ledger/points.ts';
import { pointsTakenBy } from '../../../src/program/ledger/points-back.ts';
import { refundTerms } from '../../../src/program/ledger/refund-terms.ts';
import { refundableSale } from '../../../src/program/ledger/sales.ts';
import { spend } from '../../../src/program/ledger/spend.ts';
import { verify } from '../../../src/program/ledger/verify.ts';
import { Refusal } from '../../../src/program/refusal.ts';
import { freshDatabase } from '../../support/database.ts';
import { contextOf, credit, newMember, plainProgram, refund, rulesOf, undo, walletOf } from '../../support/ledger.ts';
import { type Random, seeded } from '../../support/seeded.ts';
import * as model from '../../support/wallet-model.ts';

const seeds = Number(process.env['MODEL_SEEDS'] ?? 20);
const steps = Number(process.env['MODEL_STEPS'] ?? 1_000);
const timeZone = 'Europe/Helsinki';
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

type Db = Awaited<ReturnType<typeof freshDatabase>>;
type Outcome = { points?: number; owed?: number; balance?: number; ended?: number; refused?: string };

const refusedAs = (ask: () => Outcome): Outcome => {
  try {
    return ask();
  } catch (error) {
    if (error instanceof model.Refused) return { refused: error.message };
    throw error;
  }
};

const rates = [
  { earnPoints: 1, earnPerMinor: 100 },
  { earnPoints: 3, earnPerMinor: 100 },
  { earnPoints: 1, earnPerMinor: 250 },
  { earnPoints: 7, earnPerMinor: 30 },
];

/** A history in the making: the clock, the rules of the moment, what the model says, and which sale has which id. */
class History {
  readonly saleIds = new Map<string, number>();
  readonly asked = new Set<string>();
  readonly db: Db;
  readonly random: Random;
  readonly member: { id: number; code: string };
  now = new Date('2026-01-15T09:30:00Z').getTime();
  program = { ...plainProgram };
  readonly wallet = model.emptyWallet();
  count = 0;

  constructor(db: Db, random: Random, member: { id: number; code: string }) {
    this.db = db;
    this.random = random;
    this.member = member;
  }

  /** The same thing asked of the model and of the database; both answers. Now and then asked twice, which must change nothing. */
  async both(
    said: (wallet: model.Wallet) => Outcome,
    done: (ctx: ReturnType<typeof contextOf>, key: string) => Promise<Outcome>,
    key = `k${++this.count}`,
  ): Promise<[Outcome, Outcome]> {
    const expected = refusedAs(() => said(this.wallet));
    const ask = () =>
      done(contextOf(this.db, new Date(this.now), { key }), key).catch((error: unknown) => {
        if (error instanceof Refusal) return { refused: error.code };
        throw error;
      });
    const found = await ask();
    if (!this.random.chance(0.05)) return [expected, found];
    // Points of an old purchase can be past their date when they are given: whatever comes next ends them, also the same thing again.
    if (expected.refused === undefined) model.expire(this.wallet, this.now);
    return [expected, { ...found, ...(await ask()) }];
  }

  changeClockOrRules(): void {
    const { random } = this;
    if (random.chance(0.08)) this.now += random.whole(1, 40) * dayMs;
    else if (random.chance(0.05)) this.now -= random.whole(1, 60) * minuteMs;
    else this.now += random.whole(0, 600) * minuteMs;
    if (random.chance(0.02)) this.program = { ...this.program, ...random.pick(rates) };
    if (random.chance(0.02)) this.program.carryRemainder = random.chance(0.8);
    if (random.chance(0.05)) this.program.expiryMonths = random.pick([null, 1, 2, 6]);
  }

  credit(): Promise<[Outcome, Outcome]> {
    const { random, program } = this;
    const amountMinor = random.chance(0.1) ? 0 : random.whole(1, random.pick([60, 500, 30_000]));
    const at = new Date(random.chance(0.1) ? this.now - random.whole(0, 70) * dayMs : this.now);
    const ends = endsOf(at, rulesOf(program), timeZone).expiresAt;
    const expiresAt = ends === null ? null : new Date(ends).getTime();
    const key = `k${++this.count}`;
    return this.both(
      (wallet) => model.credit(wallet, this.now, { ...program, key, amountMinor, at: at.getTime(), expiresAt }),
      async (ctx) => {
        const { saleId, points, balance } = await credit(
          ctx,
          { member: this.member.code, amountMinor, currency: 'EUR', at },
          program,
          timeZone,
        );
        this.saleIds.set(key, saleId);
        return { points, balance };
      },
      key,
    );
  }

  spend(): Promise<[Outcome, Outcome]> {
    const { random } = this;
    const points = random.whole(
      random.chance(0.02) ? 0 : 1,
      Math.max(1, Math.ceil(model.balanceOf(this.wallet) * random.pick([0.1, 0.5, 1.02]))),
    );
    return this.both(
      (wallet) => model.spend(wallet, this.now, points),
      async (ctx) => {
        const spent = await spend(ctx, { memberId: this.member.id, points, reason: { reward: 'test' } });
        return { points: spent.points, balance: spent.balance };
      },
    );
  }

  undo(): Promise<[Outcome, Outcome]> {
    const { random } = this;
    const recent = [...this.saleIds.keys()].slice(-random.pick([3, 10, 200]));
    if (recent.length === 0) return this.credit();
    const key = random.pick(recent);
    return this.both(
      (wallet) => model.refund(wallet, this.now, key),
      async (ctx) => {
        const { points, owed, balance } = await undo(ctx, { saleId: this.saleIds.get(key) ?? 0 });
        return { points, owed, balance };
      },
    );
  }

  /** A part of a sale, now and then all that is left of it, or a little more. */
  refund(): Promise<[Outcome, Outcome]> {
    const { random } = this;
    const recent = [...this.saleIds.keys()].slice(-random.pick([3, 10, 200]));
    const key = recent.length === 0 ? '' : random.pick(recent);
    const sale = this.wallet.sales.get(key);
    if (!sale || sale.amountMinor === 0) return this.undo();
    const left = sale.amountMinor - sale.refunded;
    const amountMinor = Math.max(1, Math.ceil(left * random.pick([0.01, 0.1, 0.5, 0.9, 1, 1.01])));
    return this.both(
      (wallet) => model.refund(wallet, this.now, key, amountMinor),
      async (ctx) => {
        const saleId = this.saleIds.get(key) ?? 0;
        const sale = await refundableSale(ctx, saleId).catch(() => undefined);
        const terms = sale && (await refundTerms(ctx, sale, amountMinor, timeZone));
        const { points, owed, balance } = await refund(ctx, { saleId, amountMinor });
        // What staff are shown beforehand is what happens (asked again with the same key, nothing happens).
        if (sale && terms && sale.refundedMinor + amountMinor <= sale.paidMinor && !this.asked.has(ctx.key.id))
          expect(pointsTakenBy(sale, terms)).toEqual({ pending: 0, points, owed, writtenOff: 0, balance });
        this.asked.add(ctx.key.id);
        return { points, owed, balance };
      },
    );
  }

  expire(): Promise<[Outcome, Outcome]> {
    let ended = 0;
    return this.both(
      (wallet) => ({ ended: model.expire(wallet, this.now) }),
      async (ctx) => {
        ended += await expire(ctx);
        return { ended };
      },
    );
  }

  step(): Promise<[Outcome, Outcome]> {
    this.changeClockOrRules();
    const what = this.random.whole(1, 100);
    if (what <= 50) return this.credit();
    if (what <= 75) return this.spend();
    if (what <= 93) return what <= 83 ? this.undo() : this.refund();
    return this.expire();
  }
}

/** Lives one history to its end. Throws at the first difference. */
async function live(db: Db, seed: number): Promise<void> {
  const history = new History(db, seeded(seed), await newMember(db));
  for (let step = 1; step <= steps; step += 1) {
    const [expected, found] = await history.step();
    if (!isDeepStrictEqual(found, expected)) expect(found, `seed ${seed}, step ${step}`).toEqual(expected);
    if (step % 50 !== 0 && step !== steps) continue;
    const { wallet } = history;
    const lots = wallet.lots.map(({ earned, remaining }) => ({ earned, remaining }));
    expect(await walletOf(db, history.member.id), `seed ${seed}, step ${step}`).toEqual({
      balance: model.balanceOf(wallet),
      debt: wallet.debt,
      lots,
      carry: wallet.carry,
    });
  }
  const { problems, entries } = await verify(db);
  expect(problems, `seed ${seed}`).toEqual([]);
  expect(entries).toBeGreaterThan(steps / 3);
}

describe(`${seeds} random histories of ${steps} steps, in the model and in the database`, () => {
  const lanes = 4;
  let dbs: Db[] = [];
  beforeAll(async () => {
    // A history has a clock of its own, and the expiry job knows no members: each has a database of its own.
    for (let seed = 1; seed <= seeds; seed += 1) dbs.push(await freshDatabase({ max: 2 }));
  }, 120_000);
  afterAll(async () => {
    await Promise.all(dbs.map((db) => db.close()));
    dbs = [];
  });

  it(
    'agree at every step',
    async () => {
      const waiting = dbs.entries();
      const lane = async () => {
        for (const [index, db] of waiting) await live(db, index + 1);
      };
      await Promise.all(Array.from({ length: lanes }, lane));
    },
    60_000 + seeds * steps * 20,
  );
});
