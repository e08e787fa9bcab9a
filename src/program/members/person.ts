import type { Context, Statement } from '../context.ts';
import { planHomes } from '../deliveries/plan.ts';
import { once, type Tx } from '../once.ts';
import type { Newcomer } from './join.ts';

/** The person behind an address, made when new; their address gets a sign of life. Returns the person's id. */
export async function personAt(tx: Tx, who: Newcomer, now: Date): Promise<number> {
  const [row] = await tx.$queryRaw<
    { id: number }[]
  >`SELECT person_at(${who.channel}, ${who.user}, ${who.chat}, ${who.name}, ${who.language}, ${now}) AS id`;
  if (!row) throw new Error('person_at returned nothing');
  return row.id;
}

/** Sets the language a person is spoken to in, also where they always see their card or menu; a stranger becomes known by choosing one. */
export async function setLanguage(ctx: Context, who: Newcomer): Promise<void> {
  await once(ctx, async (tx) => {
    const id = await personAt(tx, who, ctx.now);
    await tx.person.update({ where: { id }, data: { language: who.language } });
    await planHomes(tx, id, `language:${ctx.key.id}`, ctx.now);
  });
}

const touchStatement: Statement = {
  name: 'address_touch',
  text: 'UPDATE address SET chat_id = $3, used_at = $4, dead_at = NULL WHERE channel = $1 AND user_id = $2',
};
const homeStatement: Statement = {
  name: 'address_home',
  text: 'UPDATE address SET home_at = $3 WHERE channel = $1 AND user_id = $2',
};
const deadStatement: Statement = {
  name: 'address_dead',
  text: 'UPDATE address SET dead_at = $3 WHERE channel = $1 AND user_id = $2',
};

type At = { channel: string; user: string; chat: string };

/** Notes a sign of life at an address, and where messages to it go now. */
export async function touchAddress(ctx: Pick<Context, 'db' | 'now'>, at: At): Promise<void> {
  await ctx.db.run(touchStatement, [at.channel, at.user, at.chat, ctx.now]);
}

/** Notes that this address has a place that always shows the card, to be painted anew on every change. */
export async function openHome(ctx: Pick<Context, 'db' | 'now'>, at: At): Promise<void> {
  await ctx.db.run(homeStatement, [at.channel, at.user, ctx.now]);
}

/** Notes that nothing can be sent to an address any more (blocked, left). */
export async function closeAddress(ctx: Pick<Context, 'db' | 'now'>, at: At): Promise<void> {
  await ctx.db.run(deadStatement, [at.channel, at.user, ctx.now]);
}
