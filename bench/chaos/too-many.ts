import type { FakeTelegram } from '../../test/support/fake-telegram/index.ts';
import { seeded } from '../../test/support/seeded.ts';
import { fullest } from '../broadcast.ts';
import { atMost, type Experiment, type Finding, never, type Tools, tell } from './experiment.ts';
import { configOf, noMistakes, openMessenger } from './messenger.ts';
import { type Offer, openOffer } from './offer.ts';
import { isUp, type Running, startProcess, type Tuned } from './process.ts';
import { waitFor } from './waiting.ts';

export type TooManyPlan = {
  recipients: number;
  /** Those who get three messages of their own besides, due at the same moment. */
  talkative: number;
  /** The share of calls that are answered with 429, and for how many seconds. */
  share: number;
  seconds: readonly [least: number, most: number];
  /** How often it happens at least. */
  least: number;
  workers: number;
  tuned: Tuned;
  withinMs: number;
};

type Stop = { fromMs: number; untilMs: number };

/** What was begun when everybody is told to wait is already on its way. */
const underWayMs = 250;

/** Some calls are told to come later. Returns from when until when nobody may call. */
function sayWait(telegram: FakeTelegram, seed: number, { share, seconds, least }: TooManyPlan): Stop[] {
  const random = seeded(seed);
  const stops: Stop[] = [];
  let calls = 0;
  telegram.decides((method) => {
    if (method !== 'sendMessage') return undefined;
    calls += 1;
    const backMs = random.whole(1, 10);
    if (!random.chance(share) && calls !== 10 * (stops.length + 1) * Number(stops.length < least)) return { backMs };
    const retryAfter = random.whole(...seconds);
    const fromMs = Date.now() + backMs;
    stops.push({ fromMs, untilMs: fromMs + retryAfter * 1_000 });
    return { status: 429, retryAfter, backMs };
  });
  return stops;
}

async function planService({ pool }: Offer, talkative: number): Promise<void> {
  const params = { points: 12, balance: 22, amountMinor: 1250, currency: 'EUR' };
  await pool.query(
    `INSERT INTO delivery (notice, params, person_id, address_id, channel, dedupe, lane, not_before, created_at)
      SELECT 'credited', $2::jsonb || jsonb_build_object('receipt', a.person_id || '-' || n), a.person_id, a.id, a.channel, concat_ws(':', 'credited', a.person_id, n),
        'service', now(), now() FROM address a CROSS JOIN generate_series(1, 3) n WHERE a.person_id <= $1`,
    [talkative, JSON.stringify(params)],
  );
}

/** The shortest time between two messages to one chat, in milliseconds. */
function closest(telegram: FakeTelegram): number {
  const last = new Map<unknown, number>();
  let least = Number.POSITIVE_INFINITY;
  for (const { params, atMs } of telegram.calls('sendMessage')) {
    least = Math.min(least, atMs - (last.get(params['chat_id']) ?? Number.NEGATIVE_INFINITY));
    last.set(params['chat_id'], atMs);
  }
  return least;
}

async function judge(name: string, telegram: FakeTelegram, stops: readonly Stop[], expected: number): Promise<Finding[]> {
  const arrived = telegram.calls('sendMessage').map(({ atMs }) => atMs);
  const turned = telegram.refused.filter(({ status }) => status === 429).map(({ atMs }) => atMs);
  const calls = [...arrived, ...turned].toSorted((a, b) => a - b);
  const inStop = (afterMs: number) =>
    calls.filter((at) => stops.some(({ fromMs, untilMs }) => at > fromMs + afterMs && at < untilMs - 1)).length;
  const most = fullest(calls, 1_000);
  const gapMs = closest(telegram);
  tell(
    `${arrived.length} messages, ${stops.length} times told to wait, ${inStop(0)} calls were under way then; ${most} in a second, ${gapMs} ms in a chat`,
  );
  return [
    never(`${name}.early`, 'calls before the time that a 429 named (beyond those that were under way)', inStop(underWayMs)),
    atMost(`${name}.second`, 'calls in the fullest sliding second', 30, [most]),
    never(`${name}.chat`, 'chats that got two messages within a second', gapMs < 1_000 ? 1 : 0),
    never(`${name}.untold`, 'messages that did not arrive exactly once', Math.abs(expected - arrived.length)),
  ];
}

/** A broadcast at the free limit, of which some calls are told to come later, besides messages that people wait for. */
export async function runTooMany(
  name: string,
  plan: TooManyPlan,
  { seed, freshUrl }: Pick<Tools, 'seed' | 'freshUrl'>,
): Promise<Finding[]> {
  const { recipients, talkative, workers: count, tuned, withinMs } = plan;
  const url = await freshUrl();
  const telegram = await openMessenger({ seed, count: recipients });
  const offer = await openOffer({ url, recipients, resend: false });
  const workers: Running[] = [];
  try {
    await planService(offer, talkative);
    const stops = sayWait(telegram, seed, plan);
    for (let n = 0; n < count; n += 1) workers.push(startProcess('worker', configOf(url, telegram), tuned));
    await Promise.all(workers.map(isUp));
    const expected = recipients + 3 * talkative;
    const all = async () => telegram.calls('sendMessage').length >= expected && (await offer.settled());
    await waitFor('the last message', all, withinMs, 250);
    noMistakes(telegram);
    return await judge(name, telegram, stops, expected);
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
    await Promise.all([offer.close(), telegram.stop()]);
  }
}

export const tooManyExperiment: Experiment = {
  name: 'too-many',
  about:
    'the free limit, 2 % of answers are 429 with 1 to 30 s; 600 recipients (--full: 3,000), 100 of them with three messages of their own; two workers',
  run: (tools) =>
    runTooMany(
      'too-many',
      {
        ...{ recipients: tools.full ? 3_000 : 600, talkative: 100, share: 0.02, seconds: [1, 30], least: 0 },
        ...{ workers: 2, tuned: {}, withinMs: 3_600_000 },
      },
      tools,
    ),
};
