import type { FakeTelegram } from '../../test/support/fake-telegram/index.ts';
import { seeded } from '../../test/support/seeded.ts';
import { type Experiment, type Finding, never, type Tools, tell } from './experiment.ts';
import { configOf, noMistakes, openMessenger } from './messenger.ts';
import { type Offer, openOffer } from './offer.ts';
import { isUp, type Running, startProcess, type Tuned } from './process.ts';
import { waitFor } from './waiting.ts';

type Fate = 'well' | 'blocked' | 'gone' | 'migrated';
export type DeadPlan = { recipients: number; workers: number; tuned: Tuned; withinMs: number };

/** Each recipient's fate: 15 % have blocked the bot, 2 % are gone, 1 % are groups that became supergroups. Returns where each is written to at first. */
async function settle(telegram: FakeTelegram, offer: Offer, fates: readonly Fate[]): Promise<Map<number, number>> {
  const chats = new Map<number, number>();
  for (const [at, fate] of fates.entries()) {
    const id = at + 1;
    chats.set(id, fate === 'migrated' ? -id : id);
    const person = telegram.person({ id, name: `m${id}` });
    if (fate === 'blocked') await person.blocks();
    if (fate === 'gone') await person.deactivates();
    if (fate === 'migrated') telegram.migrates(telegram.group({ id: -id, title: `Group ${id}` }));
  }
  const moved = [...chats].filter(([id, chat]) => id !== chat).map(([id]) => id);
  await offer.pool.query('UPDATE address SET chat_id = (-person_id)::text WHERE person_id = ANY ($1::int[])', [moved]);
  return chats;
}

function tally(calls: readonly { method: string; params: Record<string, unknown> }[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { method, params } of calls)
    if (method === 'sendMessage') counts.set(params['chat_id'] as number, (counts.get(params['chat_id'] as number) ?? 0) + 1);
  return counts;
}

async function judge(
  name: string,
  telegram: FakeTelegram,
  offer: Offer,
  fates: readonly Fate[],
  chats: Map<number, number>,
): Promise<Finding[]> {
  const [accepted, refused] = [tally(telegram.accepted), tally(telegram.refused)];
  const book = new Map((await offer.rows()).map((row) => [row.chat, row]));
  const { rows } = await offer.pool.query<{ id: number; chat: string; dead: boolean }>(
    'SELECT person_id AS id, chat_id AS chat, dead_at IS NOT NULL AS dead FROM address',
  );
  const places = new Map(rows.map((row) => [row.id, row]));
  const count = { again: 0, untold: 0, wrong: 0 };
  for (const [at, fate] of fates.entries()) {
    const id = at + 1;
    const chat = chats.get(id) ?? id;
    const now = fate === 'migrated' ? -1_000_000_000_000 - id : chat;
    const row = book.get(id);
    const place = places.get(id);
    const [told, turned] = [accepted.get(now) ?? 0, refused.get(chat) ?? 0];
    const unreachable = fate === 'blocked' || fate === 'gone';
    if (turned > (fate === 'well' ? 0 : 1)) count.again += 1;
    if (told !== (unreachable ? 0 : 1)) count.untold += 1;
    const listed = unreachable
      ? row?.state === 'failed' && row.code === 'unreachable' && place?.dead === true
      : row?.state === 'sent' && place?.dead === false && place.chat === String(now);
    if (!listed) count.wrong += 1;
  }
  const of = (fate: Fate): number => fates.filter((one) => one === fate).length;
  tell(
    `${of('well')} well, ${of('blocked')} blocked, ${of('gone')} gone, ${of('migrated')} migrated; ${telegram.accepted.length} messages`,
  );
  return [
    never(`${name}.again`, 'chats that were tried again after a permanent refusal', count.again),
    never(`${name}.untold`, 'others who did not get it exactly once, in the chat they have now', count.untold),
    never(`${name}.wrong`, 'recipients of whom the book says anything else', count.wrong),
  ];
}

/** A broadcast of which a fifth can't arrive where it is sent. */
export async function runDead(
  name: string,
  { recipients, workers: count, tuned, withinMs }: DeadPlan,
  { seed, freshUrl }: Pick<Tools, 'seed' | 'freshUrl'>,
): Promise<Finding[]> {
  const url = await freshUrl();
  const random = seeded(seed);
  const telegram = await openMessenger({ seed, count: 0 });
  const offer = await openOffer({ url, recipients, resend: false });
  const workers: Running[] = [];
  try {
    const draw = (): Fate => {
      const at = random.whole(1, 100);
      return at <= 15 ? 'blocked' : at <= 17 ? 'gone' : at <= 18 ? 'migrated' : 'well';
    };
    const fates = Array.from({ length: recipients }, draw);
    const chats = await settle(telegram, offer, fates);
    for (let n = 0; n < count; n += 1)
      workers.push(startProcess('worker', configOf(url, telegram), { perSecond: 1_000, ...tuned }));
    await Promise.all(workers.map(isUp));
    await waitFor('the last message', offer.settled, withinMs, 100);
    noMistakes(telegram);
    return await judge(name, telegram, offer, fates, chats);
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
    await Promise.all([offer.close(), telegram.stop()]);
  }
}

export const deadExperiment: Experiment = {
  name: 'dead',
  about: '10,000 recipients, of whom 15 % blocked the bot, 2 % are gone and 1 % migrated; two workers',
  run: (tools) => runDead('dead', { recipients: 10_000, workers: 2, tuned: {}, withinMs: 900_000 }, tools),
};
