import type { Key } from './context.ts';

/** A key's origin as the database's functions take it: null when there is nobody to reply to. */
export const originOf = (key: Key): string | null =>
  key.request ? JSON.stringify({ channel: key.channel, user: key.user, request: key.request }) : null;
