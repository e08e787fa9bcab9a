import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Binaries } from './binaries.ts';
import { lastLine, placesIn, writeSettings } from './cluster.ts';
import { EmbeddedError } from './error.ts';
import { isAlive, programOf, type RunAs, runProgram } from './process.ts';

const preferredPort = 54_329;
const maxLogBytes = 10_000_000;

/** The address of a database of ours. */
export const urlOf = (port: number, password: string, database = 'regulars') =>
  `postgresql://regulars:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;

/** What a running server, or one that was killed, wrote about itself. */
function runningServer(cluster: string): { pid: number; port: number } | null {
  try {
    const [pid, , , port] = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    return pid && port ? { pid: Number(pid), port: Number(port) } : null;
  } catch {
    return null;
  }
}

async function answers(url: string, cluster?: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ dir: string }>("select current_setting('data_directory') as dir");
    return cluster === undefined || rows[0]?.dir === cluster;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

const isFree = (port: number): Promise<number | null> =>
  new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(null));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : null));
    });
  });

/**
 * Starts the server on a free port of 127.0.0.1 and waits until it answers.
 * @returns the port
 * @throws EmbeddedError with the server's own reason
 */
export async function launch(dataDir: string, binaries: Binaries, as: RunAs, settings: Record<string, string>): Promise<number> {
  const at = placesIn(dataDir);
  if (existsSync(at.log) && statSync(at.log).size > maxLogBytes) rmSync(at.log);
  writeFileSync(at.log, '', { flag: 'a', mode: 0o600 });
  if (as.uid !== undefined && as.gid !== undefined) chownSync(at.log, as.uid, as.gid);
  let reason = '';
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const port = (attempt === 0 ? await isFree(preferredPort) : null) ?? (await isFree(0));
    if (port === null) break;
    writeSettings(dataDir, port, as, settings);
    const from = statSync(at.log).size;
    // pg_ctl puts the server into a session of its own: a Ctrl-C in our terminal must not end it before we have said goodbye.
    const { code, said } = await runProgram(
      binaries.pgCtl,
      ['start', '--wait', '--timeout=60', '-D', at.cluster, '-l', at.log],
      as,
      at.cluster,
    );
    if (code === 0) return port;
    const logged = readFileSync(at.log).subarray(from).toString();
    reason = logged.split('\n').find((line) => /FATAL|PANIC/.test(line)) ?? lastLine(said);
    // Parts of a server that was killed take a moment to notice.
    if (logged.includes('pre-existing shared memory block')) await sleep(1_000);
    // The port was free a moment ago, and somebody was faster.
    else if (!/Address already in use|could not bind/i.test(logged)) break;
  }
  throw new EmbeddedError(`The database in ${at.cluster} did not start: ${reason.trim()}. The whole story is in ${at.log}.`);
}

// PostgreSQL takes any process of that number for its server, even one that is dead and only not yet buried. The number is made
// one of a process that is gone for certain; the rest of the file lets PostgreSQL see whether parts of the old server still run.
function disown(pidFile: string): void {
  const gone = spawnSync(process.execPath, ['--version']).pid;
  writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(gone)));
}

/**
 * Takes over the server that lives on after kill -9 of our process. After a power cut only its file is left, and the number in
 * that file may by now be anybody's.
 * @returns the port, or null when there is nothing to take over
 */
export async function adopt(dataDir: string, log: (line: string) => void): Promise<number | null> {
  const at = placesIn(dataDir);
  const left = runningServer(at.cluster);
  if (left === null || !existsSync(at.password)) return null;
  const password = readFileSync(at.password, 'utf8').trim();
  if (isAlive(left.pid) && (await answers(urlOf(left.port, password, 'postgres'), at.cluster))) {
    log(`taking over the database that an earlier run left running (process ${left.pid})`);
    return left.port;
  }
  const program = programOf(left.pid);
  if (program !== null && (program !== 'postgres' || !isAlive(left.pid))) disown(join(at.cluster, 'postmaster.pid'));
  return null;
}

/** Ends the server: cleanly if it can be had, at once otherwise. */
export async function stopServer(cluster: string, binaries: Binaries, as: RunAs): Promise<void> {
  const stop = (mode: string) =>
    runProgram(binaries.pgCtl, ['stop', '--wait', '--timeout=15', `--mode=${mode}`, '-D', cluster], as, cluster);
  const { code } = await stop('fast');
  if (code !== 0 && runningServer(cluster) !== null) await stop('immediate');
}

/** The address of the server that another process of ours runs; waits 10 s for it, then null. */
export async function sharedUrl(dataDir: string): Promise<string | null> {
  const at = placesIn(dataDir);
  for (const until = Date.now() + 10_000; Date.now() < until; ) {
    const running = runningServer(at.cluster);
    if (running !== null && existsSync(at.password)) {
      const url = urlOf(running.port, readFileSync(at.password, 'utf8').trim());
      if (await answers(url, at.cluster)) return url;
    }
    await sleep(200);
  }
  return null;
}
