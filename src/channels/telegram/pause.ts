import { setTimeout as sleep } from 'node:timers/promises';

/** Waits, or until `signal` is aborted; never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/** How long to wait before try number `tries` + 1: twice as long each time. */
export const growingMs = (tries: number, firstMs: number, mostMs: number): number => Math.min(mostMs, firstMs * 2 ** (tries - 1));
