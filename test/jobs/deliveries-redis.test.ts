import { afterAll, beforeAll, describe } from 'vitest';
import { deliverySuite } from './delivery-suite.ts';
import { type RedisServer, redisInstalled, startRedis } from './redis-server.ts';
import { upkeepSuite } from './upkeep-suite.ts';

describe.skipIf(!redisInstalled)('with Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.remove());

  deliverySuite('Redis', () => ({ redisUrl: redis.freshUrl() }));
  upkeepSuite('Redis', () => ({ redisUrl: redis.freshUrl() }));
});
