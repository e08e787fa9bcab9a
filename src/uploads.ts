import type { ChannelTools } from './chat/channel.ts';
import type { Database } from './program/context.ts';

const kept = 500;

/**
 * What a messenger gave us for bytes that were uploaded before. What was found once is not asked for again: a broadcast names the same picture thousands
 * of times, between its slot and its call.
 */
export function createUploads(channel: string, { upload }: Database['prisma']): ChannelTools['uploads'] {
  const known = new Map<string, string>();
  const remember = (hash: string, ref: string) => {
    if (known.size >= kept) known.clear();
    known.set(hash, ref);
  };
  return {
    async find(hash) {
      const before = known.get(hash);
      if (before !== undefined) return before;
      const row = await upload.findUnique({ where: { channel_hash: { channel, hash } } });
      if (row) remember(hash, row.ref);
      return row?.ref;
    },
    async keep(hash, ref) {
      remember(hash, ref);
      const row = { channel, hash, ref, createdAt: new Date() };
      await upload.upsert({ where: { channel_hash: { channel, hash } }, create: row, update: row });
    },
    async forget(hash) {
      known.delete(hash);
      await upload.deleteMany({ where: { channel, hash } });
    },
  };
}
