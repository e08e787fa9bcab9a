/** Values worth keeping for a while: at most `max`, each for `ttlMs`. What is being fetched is fetched once; failures are not kept. */
export function createMemory<Value>({ max, ttlMs, now = Date.now }: { max: number; ttlMs: number; now?: () => number }) {
  const kept = new Map<string, { until: number; value: Promise<Value> }>();

  function get(key: string): Promise<Value> | undefined {
    const found = kept.get(key);
    if (!found) return undefined;
    if (found.until > now()) return found.value;
    kept.delete(key);
    return undefined;
  }

  function set(key: string, value: Promise<Value>): Promise<Value> {
    kept.delete(key);
    kept.set(key, { until: now() + ttlMs, value });
    const [oldest] = kept.keys();
    if (kept.size > max && oldest !== undefined) kept.delete(oldest);
    value.catch(() => {
      if (kept.get(key)?.value === value) kept.delete(key);
    });
    return value;
  }

  return {
    get,
    has: (key: string): boolean => get(key) !== undefined,
    /** The kept value, or the one that `fetch` gives now. Rejects as `fetch` does. */
    getOr: (key: string, fetch: () => Promise<Value>): Promise<Value> => get(key) ?? set(key, fetch()),
    set: (key: string, value: Value): void => void set(key, Promise.resolve(value)),
    forget: (key: string): void => void kept.delete(key),
  };
}
