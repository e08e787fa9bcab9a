import type { Prisma } from '../../database/generated/client.ts';
import type { Database } from '../context.ts';

type Content = Prisma.InputJsonObject;
type Row = { id: bigint; phone: string; mine: boolean; at: Date; view: { content: never } };

/** How many messages a phone keeps; older ones go as new ones come. */
const kept = 200;
/** Among how many of a phone's newest messages a key is looked for: a request is sent again within seconds. */
const recent = 50;

/**
 * What the playground's phones show, in the table `playground_message`. Ids become visible in their order, because writers wait
 * for each other: a reader that has seen message 7 has not missed a 6 that was committed later.
 */
export function playgroundMessages(db: Database) {
  const { prisma } = db;
  const message = ({ id, phone, mine, at, view }: Row) => ({ id: Number(id), phone, mine, at, content: view.content });

  return {
    /** Adds a message; the same `key` again gives the id of the first. */
    async append({
      phone,
      mine,
      at,
      content,
      key,
    }: {
      phone: string;
      mine: boolean;
      at: Date;
      content: object;
      key?: string;
    }): Promise<number> {
      return await prisma.$transaction(async (tx) => {
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('playground_message'))`;
        const [same] = key
          ? await tx.$queryRaw<{ id: bigint }[]>`
              SELECT id FROM (SELECT id, view FROM playground_message WHERE phone = ${phone} ORDER BY id DESC LIMIT ${recent}) newest
              WHERE view ->> 'key' = ${key}`
          : [];
        if (same) return Number(same.id);
        const view = { content: content as Content, ...(key && { key }) };
        const { id } = await tx.playgroundMessage.create({ data: { phone, mine, at, view }, select: { id: true } });
        await tx.$executeRaw`
          DELETE FROM playground_message WHERE phone = ${phone} AND id <= (
            SELECT id FROM playground_message WHERE phone = ${phone} ORDER BY id DESC OFFSET ${kept} LIMIT 1)`;
        return Number(id);
      });
    },

    /** Messages after `id`, oldest first, without the bytes of pictures and files. */
    async since(id: number, limit: number) {
      const rows = await prisma.$queryRaw<Row[]>`
        SELECT id, phone, mine, at, view #- '{content,view,image,png}' #- '{content,view,file,bytes}' AS view
        FROM playground_message WHERE id > ${id} ORDER BY id LIMIT ${limit}`;
      return rows.map(message);
    },

    /** The view that stands under an id now: message `id` itself, or the newest that replaces it. Without bytes. */
    async standing(phone: string, id: number) {
      const [row] = await prisma.$queryRaw<Row[]>`
        SELECT id, phone, mine, at, view #- '{content,view,image,png}' #- '{content,view,file,bytes}' AS view FROM playground_message
        WHERE phone = ${phone} AND id >= ${id} AND (id = ${id} OR view #> '{content,replaces}' = to_jsonb(${id}::bigint))
          AND view #> '{content,view}' IS NOT NULL
        ORDER BY id DESC LIMIT 1`;
      return row && message(row);
    },

    /** One message with its bytes. */
    async find(id: number) {
      const row = await prisma.playgroundMessage.findUnique({ where: { id } });
      return row ? message(row as Row) : undefined;
    },
  };
}
