const harmless = /^[\w.-]{1,60}$/;

/**
 * What an error is, without what it says: messages may hold tokens (they are in every URL), names and texts. Its class and code, and
 * those of its cause.
 */
export function errorName(error: unknown, depth = 0): string {
  if (typeof error !== 'object' || error === null) return typeof error;
  const { name, code, cause } = error as { name?: unknown; code?: unknown; cause?: unknown };
  const words = [name, code].filter(
    (word) => (typeof word === 'string' || typeof word === 'number') && harmless.test(String(word)),
  );
  const own = words.join(' ') || 'Error';
  return cause === undefined || depth >= 3 ? own : `${own} < ${errorName(cause, depth + 1)}`;
}
