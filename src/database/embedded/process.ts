import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

// The fields of /proc/<pid>/stat after the name, which may itself hold spaces and brackets.
const statOf = (pid: number): string[] | null => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()?.split(' ') ?? null;
  } catch {
    return null;
  }
};

/** Whether a process of this number runs (also another user's). One that has ended and that nobody has asked about yet does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return statOf(pid)?.[0] !== 'Z';
}

/** When a process began, in words only good for comparing; null where the system does not tell. */
export function startOf(pid: number): string | null {
  if (process.platform === 'linux') {
    const ticksSinceBoot = statOf(pid)?.[19];
    if (ticksSinceBoot === undefined) return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${ticksSinceBoot}`;
  }
  if (process.platform === 'win32') return null;
  const told = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return told.status === 0 ? told.stdout.trim() : null;
}

/** The name of a process's program, or null where the system does not tell. */
export function programOf(pid: number): string | null {
  if (process.platform !== 'linux') return null;
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return null;
  }
}

/** Who runs a server program: another user than ours only when we are root. */
export type RunAs = { uid?: number; gid?: number };

/**
 * Runs one of PostgreSQL's programs to its end, out of the reach of the terminal's Ctrl-C.
 * @returns its exit code and all that it said
 */
export function runProgram(file: string, args: string[], as: RunAs, cwd: string): Promise<{ code: number; said: string }> {
  return new Promise((resolve, reject) => {
    // PG* variables of the surroundings would point these programs at another server.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG')));
    const child = spawn(file, args, {
      ...as,
      cwd,
      env: { ...env, LC_ALL: 'C' },
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', reject);
    // `exit`, not `close`: the server that pg_ctl leaves behind may keep these pipes.
    child.on('exit', (code) => resolve({ code: code ?? 1, said }));
  });
}
