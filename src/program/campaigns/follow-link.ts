import type { Database } from '../context.ts';
import { Refusal } from '../refusal.ts';
import { noteResponse } from './note-response.ts';

/**
 * Where the link of a message leads, after noting that its receiver opened it (once, however often it is opened). Undefined: the message
 * is not known any more, or has no link.
 */
export async function followLink(db: Database, delivery: number, now: Date): Promise<string | undefined> {
  const ctx = { db, now, actor: { kind: 'program', name: 'link' }, key: { id: `link:${delivery}` } } as const;
  try {
    const { button } = await noteResponse(ctx, { delivery, memberId: null, kind: 'pressed' });
    return button.kind === 'link' ? button.url : undefined;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
