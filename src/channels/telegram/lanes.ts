/** Works one after the other within a lane, in the order of `run`; lanes side by side, at most `width` at a time. */
export type Lanes = { run(lane: string, work: () => Promise<void>): Promise<void>; idle(): Promise<void> };

export function createLanes(width: number): Lanes {
  const tails = new Map<string, Promise<void>>();
  const queue: (() => void)[] = [];
  let free = width;

  const begin = () => {
    if (free === 0) return new Promise<void>((resolve) => queue.push(resolve));
    free--;
    return Promise.resolve();
  };
  const end = () => {
    const next = queue.shift();
    if (next) next();
    else free++;
  };

  return {
    /** Settles as `work` does. A work that rejects does not stop its lane. */
    run(lane, work) {
      const done = (tails.get(lane) ?? Promise.resolve()).then(async () => {
        await begin();
        try {
          await work();
        } finally {
          end();
        }
      });
      const tail = done
        .catch(() => undefined)
        .then(() => {
          if (tails.get(lane) === tail) tails.delete(lane);
        });
      tails.set(lane, tail);
      return done;
    },
    async idle() {
      while (tails.size > 0) await Promise.all(tails.values());
    },
  };
}
