import pg from 'pg';
import { type OpenDatabase, openDatabase } from '../../src/database/client.ts';
import { planCampaigns } from '../../src/program/campaigns/plan-campaigns.ts';
import { ensureProgram } from '../../src/program/settings/program.ts';
import type { Case } from '../case.ts';
import { fillCrowd } from '../crowd.ts';
import { startBenchServer } from '../database.ts';

const million = 1_000_000;
const few = 10_000;
// A round writes two million rows.
const rounds = 3;

type Ground = { db: OpenDatabase; pool: pg.Pool };

async function onGround<Result>(work: (ground: Ground) => Promise<Result>): Promise<Result> {
  const server = await startBenchServer();
  const url = await server.fresh();
  // As the program connects, and a bare client.
  const db = await openDatabase({ url, max: 4 });
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  try {
    await ensureProgram(db, 100, new Date(0));
    return await work({ db, pool });
  } finally {
    await pool.end();
    await db.close();
    await server.close();
  }
}

/** A broadcast to everybody that is due. */
async function due({ db }: Ground): Promise<number> {
  const now = new Date();
  const { id } = await db.prisma.campaign.create({
    data: {
      kind: 'broadcast',
      name: 'bench',
      state: 'scheduled',
      topic: 'offers',
      createdAt: now,
      startedAt: now,
      beginsAt: now,
    },
  });
  return id;
}

/** Plans what is due, as the chore does again and again. Returns milliseconds. */
async function planned({ db }: Ground, id: number, expected: number): Promise<number> {
  const started = performance.now();
  const moment = { db, now: new Date(), timeZone: 'UTC', stopping: new AbortController().signal };
  while ((await planCampaigns(moment)) > 0);
  const ms = performance.now() - started;
  const rows = await db.prisma.delivery.count({ where: { campaignId: id } });
  if (rows !== expected) throw new Error(`${rows} of ${expected} messages were planned`);
  return ms;
}

const emptied = ({ pool }: Ground) => pool.query('TRUNCATE delivery');

const columns = `notice, params, person_id, address_id, channel, dedupe, lane, not_before, created_at, campaign_id, member_id, variant, period, topic, worth, late_at,
  resend`;

async function bare(ground: Ground): Promise<number> {
  await emptied(ground);
  const started = performance.now();
  await ground.pool.query(`INSERT INTO delivery (${columns}) SELECT ${columns} FROM same`);
  return performance.now() - started;
}

export const planCase: Case = {
  name: 'plan',
  about: 'planning a broadcast to a million people, as times the bare INSERT … SELECT of the same rows',
  goal: 1.5,
  run: () =>
    onGround(async (ground) => {
      await fillCrowd(ground.pool, { from: 1, upto: million });
      await planned(ground, await due(ground), million);
      await ground.pool.query('CREATE TABLE same AS SELECT * FROM delivery');
      const values: number[] = [];
      for (let round = 1; round <= rounds; round += 1) {
        const bareMs = await bare(ground);
        await emptied(ground);
        const oursMs = await planned(ground, await due(ground), million);
        process.stderr.write(`  round ${round}: bare ${Math.round(bareMs)} ms, ours ${Math.round(oursMs)} ms\n`);
        values.push(oursMs / bareMs);
      }
      return { values };
    }),
};

/** The most memory that this process had while it worked, in megabytes. */
async function peakOf(work: () => Promise<unknown>): Promise<number> {
  let peak = 0;
  const look = () => {
    peak = Math.max(peak, process.memoryUsage().rss / 1_048_576);
  };
  const watching = setInterval(look, 20);
  await work();
  look();
  clearInterval(watching);
  return peak;
}

export const planMemoryCase: Case = {
  name: 'plan-memory',
  about: 'megabytes by which the memory of planning grows from 10,000 members to a million',
  goal: 30,
  run: () =>
    onGround(async (ground) => {
      await fillCrowd(ground.pool, { from: 1, upto: few });
      // Twice: what is loaded and compiled on the way is no part of it.
      await planned(ground, await due(ground), few);
      const small = await peakOf(async () => planned(ground, await due(ground), few));
      await fillCrowd(ground.pool, { from: few + 1, upto: million });
      await emptied(ground);
      const large = await peakOf(async () => planned(ground, await due(ground), million));
      process.stderr.write(`  10,000: ${Math.round(small)} MB, a million: ${Math.round(large)} MB\n`);
      return { values: [Math.max(0, large - small)] };
    }),
};
