import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { QueueLocation } from '../../src/jobs/queue-backend.ts';
import { createScriptedChannel } from './scripted-channel.ts';
import { openStage, type Stage } from './stage.ts';

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

/** What is done by the clock, whatever the queue lives in. */
export function upkeepSuite(label: string, locate: (databaseUrl: string) => QueueLocation): void {
  describe(`upkeep over ${label}`, () => {
    let stage: Stage | undefined;
    const open = async (): Promise<Stage> => {
      stage = await openStage(locate, [createScriptedChannel('tea')]);
      return stage;
    };
    afterEach(async () => {
      await stage?.close();
      stage = undefined;
    });

    test('points expire when their time has come, however the clock got there', async () => {
      const it = await open();
      const { id } = await it.person('ann', 'tea');
      const now = it.clock();
      const expiresAt = new Date(now.getTime() + 30 * 86_400_000);
      const join = {
        name: 'test_join',
        text: "SELECT member_join('k', NULL, $1, 'tea', 'ann-tea', 'chat-ann-tea', 'Ann', 'en', 'K7Q29XMP4', 1, 10, $2)",
      };
      await it.db.run(join, [now, JSON.stringify({ expiresAt })]);
      await it.start({ expireEveryMs: 300 });
      await sleep(500);
      expect((await it.db.prisma.wallet.findFirstOrThrow()).balance).toBe(10n);
      it.moveClock(31 * 86_400_000);
      await until(async () => expect((await it.db.prisma.wallet.findFirstOrThrow()).balance).toBe(0n));
      expect(await it.db.prisma.member.count({ where: { personId: id } })).toBe(1);
    });

    test('what has done its work is forgotten, what has not is kept', async () => {
      const it = await open();
      const ago = (days: number) => new Date(it.clock().getTime() - days * 86_400_000);
      await it.db.prisma.inbox.createMany({
        data: [
          { key: 'old', at: ago(8.1) },
          { key: 'young', at: ago(7.9) },
        ],
      });
      const asked = { channel: 'tea', command: 'credit', answers: {}, place: 'direct' };
      await it.db.prisma.conversation.createMany({
        data: [
          { ...asked, user: 'old', stamp: 'a', updatedAt: ago(7.1) },
          { ...asked, user: 'young', stamp: 'b', updatedAt: ago(6.9) },
        ],
      });
      const { id, addresses } = await it.person('ann', 'tea');
      const row = { personId: id, addressId: addresses[0] as number, channel: 'tea' };
      await it.plan(['sent long ago', 'not sent'].map((receipt) => ({ ...row, receipt })));
      await it.db.prisma.delivery.updateMany({ data: { createdAt: ago(91), notBefore: new Date('2999-01-01') } });
      await it.db.prisma.delivery.update({ where: { dedupe: 'credited:sent long ago' }, data: { state: 'sent' } });
      await it.start({ forgetEveryMs: 300 });
      await until(async () => expect(await it.db.prisma.delivery.count()).toBe(1));
      expect((await it.db.prisma.inbox.findMany()).map(({ key }) => key)).toEqual(['young']);
      expect((await it.db.prisma.conversation.findMany()).map(({ user }) => user)).toEqual(['young']);
      expect(await it.states()).toEqual(['planned']);
    });
  });
}
