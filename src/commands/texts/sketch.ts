import type { View } from '../../chat/view.ts';
import type { Messenger } from '../../program/templates/limits.ts';

/** A message of a campaign as another messenger paints it, in words: what stands above what, and the buttons in brackets. */
export function sketch({ title, body, image, footer, buttons = [] }: View, messenger: Messenger, picture: string): string {
  const drawn = image ? `[ ${picture} ]` : undefined;
  const rows = buttons.map((row) => row.map(({ label }) => `[ ${label} ]`).join(' ')).join('\n');
  // Slack: header, picture, sections, buttons, context. Telegram: the picture, its caption, the keyboard.
  const parts = messenger === 'slack' ? [title, drawn, body, rows, footer] : [drawn, title, body, footer, rows];
  return parts.filter(Boolean).join('\n\n');
}

/** The buttons of a message that is only looked at: nothing can be pressed by mistake. */
export const buttonsAsText = ({ buttons = [] }: View): string =>
  buttons.map((row) => row.map(({ label }) => `[ ${label} ]`).join(' ')).join('\n');
