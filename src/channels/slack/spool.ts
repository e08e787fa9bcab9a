import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adoptOrphans, claimFile } from './spool-files.ts';

/** An event on disk: the body as Slack sent it, and when it first came (epoch milliseconds). */
export type Spooled = { id: string; user: string; at: number; body: Record<string, unknown> };

export type Spool = Awaited<ReturnType<typeof openSpool>>;

type Line = { put: Spooled } | { done: string };

// About a hundred thousand events. Beyond that Slack keeps them: it tries again, and tells the person.
const maxBytes = 256 * 1024 * 1024;

/**
 * A file that keeps events which were acknowledged but not yet treated, through the end of this process. Every line is on the disk
 * before `put` resolves. One process writes one file; the files of processes that ended are taken over.
 */
export async function openSpool(dir: string) {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { path, release } = claimFile(join(dir, `slack-${randomUUID()}`));
  const file = await open(path, constants.O_CREAT | constants.O_RDWR | constants.O_APPEND, 0o600);
  const held = new Set<string>();
  let bytes = 0;
  let writing: Promise<unknown> = Promise.resolve();

  function write(lines: readonly Line[]): Promise<void> {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    const next = writing.then(async () => {
      if (bytes + text.length > maxBytes) throw new Error('the local store for events is full');
      await append(file, text);
      bytes += Buffer.byteLength(text);
    });
    writing = next.catch(() => {});
    return next;
  }

  async function done(id: string): Promise<void> {
    held.delete(id);
    // Nothing left to remember: the file begins anew. Only what is written already may be cut off, so it waits its turn.
    writing = writing.then(async () => {
      if (held.size > 0) return;
      await file.truncate(0);
      bytes = 0;
    });
    await (held.size > 0 ? write([{ done: id }]) : writing);
  }

  return {
    async put(event: Spooled): Promise<void> {
      held.add(event.id);
      try {
        await write([{ put: event }]);
      } catch (error) {
        held.delete(event.id);
        throw error;
      }
    },
    done,
    /** The events that processes before us left, oldest first; they are ours now. */
    async adopt(): Promise<Spooled[]> {
      const found: Spooled[] = [];
      await adoptOrphans(dir, async (orphan) => {
        const events = unfinished(await readFile(orphan, 'utf8')).filter(({ id }) => !held.has(id));
        for (const { id } of events) held.add(id);
        if (events.length > 0) await write(events.map((put) => ({ put })));
        found.push(...events);
      });
      return found.sort((a, b) => a.at - b.at);
    },
    /** Leaves the file for the next process, unless there is nothing in it. */
    async close(): Promise<void> {
      await writing.catch(() => {});
      await file.close();
      await release(held.size === 0);
    },
  };
}

async function append(file: FileHandle, text: string): Promise<void> {
  await file.appendFile(text);
  await file.datasync();
}

/** The events of a spool file that were not treated. A line that was torn by a crash was never acknowledged. */
function unfinished(text: string): Spooled[] {
  const events = new Map<string, Spooled>();
  for (const raw of text.split('\n')) {
    const line = parsed(raw);
    if (!line) continue;
    if ('put' in line) events.set(line.put.id, line.put);
    else events.delete(line.done);
  }
  return [...events.values()];
}

function parsed(raw: string): Line | undefined {
  try {
    return raw === '' ? undefined : JSON.parse(raw);
  } catch {
    return undefined;
  }
}
