/**
 * Does one thing for many at a time: while `work` is busy with some, those that come meanwhile wait together and are next. Alone, one does not wait. So the
 * database commits once for as many as there is traffic. `work` answers in the order of its items; when it fails, each of them does.
 */
export function createGather<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  most = 200,
): (item: Item) => Promise<Result> {
  type Waiting = { item: Item; resolve(result: Result): void; reject(error: unknown): void };
  const waiting: Waiting[] = [];
  let busy = false;

  const doSome = async (some: readonly Waiting[]) => {
    try {
      const results = await work(some.map(({ item }) => item));
      for (const [at, { resolve }] of some.entries()) resolve(results[at] as Result);
    } catch (error) {
      for (const { reject } of some) reject(error);
    }
  };
  const run = async () => {
    busy = true;
    // Those who ask in the same breath are together.
    await Promise.resolve();
    while (waiting.length > 0) await doSome(waiting.splice(0, most));
    busy = false;
  };
  return (item) =>
    new Promise<Result>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!busy) void run();
    });
}
