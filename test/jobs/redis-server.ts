import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

export const redisInstalled = spawnSync('redis-server', ['--version']).status === 0;
if (!redisInstalled) process.stdout.write('redis-server is not installed: what needs Redis is skipped\n');

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

export type RedisServer = {
  /** The address of a database of its own, empty. */
  freshUrl(): string;
  /** Ends it as a power cut would: what it held is gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
};

/** A Redis on a free port in a temporary folder, keeping nothing on disk. */
export async function startRedis(policy = 'noeviction'): Promise<RedisServer> {
  const dir = mkdtempSync(join(tmpdir(), 'regulars-redis-'));
  const port = await freePort();
  let server: ChildProcess | undefined;
  let databases = 0;
  const start = async () => {
    const settings = [
      '--port',
      String(port),
      '--dir',
      dir,
      '--save',
      '',
      '--appendonly',
      'no',
      '--databases',
      '64',
      '--maxmemory-policy',
      policy,
    ];
    server = spawn('redis-server', [...settings, '--bind', '127.0.0.1'], { stdio: 'ignore' });
    const client = new Redis({ port, retryStrategy: () => 50, maxRetriesPerRequest: null });
    client.on('error', () => undefined);
    await client.ping();
    client.disconnect();
  };
  const kill = () =>
    new Promise<void>((resolve) => {
      if (!server || server.exitCode !== null || server.signalCode !== null) return resolve();
      server.once('exit', () => resolve());
      server.kill('SIGKILL');
    });
  await start();
  return {
    freshUrl: () => `redis://127.0.0.1:${port}/${databases++}`,
    kill,
    start,
    async remove() {
      await kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
