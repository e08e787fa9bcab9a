/** What can happen to a call. `drop` and `cut` break the connection: after it was accepted, or before. */
export type Fault =
  | { kind: 'delay'; ms: number }
  | { kind: 'slow down'; retryAfter: number }
  | { kind: 'error'; error: string }
  | { kind: 'status'; status: number }
  | { kind: 'drop' }
  | { kind: 'cut' };

export type Faults = ReturnType<typeof createFaults>;

/** The same numbers from the same seed, 0 ≤ n < 1 (mulberry32). */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Faults that wait for their call, and storms of them from a seed. */
export function createFaults() {
  const waiting: { method: string; fault: Fault }[] = [];
  let storm: ((method: string) => Fault | undefined) | undefined;

  return {
    /** The next call of a method (`*`: of any) meets this. */
    next(method: string, fault: Fault): void {
      waiting.push({ method, fault });
    },
    /** From now on each call meets one of the faults with this probability. */
    storm({
      seed,
      rate,
      faults,
      methods,
    }: {
      seed: number;
      rate: number;
      faults: readonly Fault[];
      methods?: readonly string[];
    }): void {
      const random = seededNumbers(seed);
      storm = (method) => {
        if (methods && !methods.includes(method)) return undefined;
        const hit = random() < rate;
        const fault = faults[Math.floor(random() * faults.length)];
        return hit ? fault : undefined;
      };
    },
    calm(): void {
      storm = undefined;
      waiting.length = 0;
    },
    take(method: string): Fault | undefined {
      const index = waiting.findIndex((one) => one.method === method || one.method === '*');
      return index >= 0 ? waiting.splice(index, 1)[0]?.fault : storm?.(method);
    },
  };
}
