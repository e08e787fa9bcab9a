import { NotSent } from '../../chat/channel.ts';
import type { View } from '../../chat/view.ts';

/** The playground's own limits: nobody else sets any. Bytes and UTF-16 units. */
export const limits = {
  requestBytes: 64 * 1024,
  textUnits: 32_000,
  /** A picture that is kept until it is read, and what is taken at all, to say that it is too much. */
  photoBytes: 20 * 1024 * 1024,
  uploadBytes: 64 * 1024 * 1024,
  /** The kernel's rule for every messenger (`Button.does`). */
  doesBytes: 64,
  /** Messages handed to a page in one go. */
  page: 200,
  streams: 100,
  /** How far the clock goes, in all: dates stay well within four digits. */
  clockMs: 50 * 365.25 * 24 * 3_600_000,
} as const;

/** @throws NotSent for a view that no messenger would take, so that it is noticed here and not in production */
export function checkView(view: View): void {
  for (const button of view.buttons?.flat() ?? []) {
    if ('does' in button && Buffer.byteLength(button.does) > limits.doesBytes) {
      throw new NotSent(`the button ${JSON.stringify(button.label)} does more than ${limits.doesBytes} bytes`, false);
    }
  }
}
