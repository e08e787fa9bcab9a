const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Plain text for a place that reads mrkdwn: no mention, channel call or link can come out of it.
 * Source: https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export const escapeText = (text: string): string => text.replace(/[&<>]/g, (character) => entities[character] ?? character);

/**
 * Whether mrkdwn would show a text other than as it is even when escaped: Slack has no escape for its formatting characters, emoji
 * names and quotes. Such a text belongs into a `plain_text` object.
 */
export const isMarked = (text: string): boolean => /[*_~`]|:[\w+-]+:|^[ \t]*>/m.test(text);

/** At most `max` UTF-16 units, with an ellipsis when something was cut off; never half of a surrogate pair. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${whole(text.slice(0, max - 1))}…`;
}

const whole = (text: string): string => (/[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text);

/** A long text in pieces of at most `max` units, broken at the last line or word that still fits. */
export function pieces(text: string, max: number): string[] {
  const found: string[] = [];
  let rest = text;
  while (rest.length > max) {
    const head = whole(rest.slice(0, max));
    const line = head.lastIndexOf('\n');
    const word = head.lastIndexOf(' ');
    const end = line > max / 2 ? line : word > max / 2 ? word : head.length;
    found.push(head.slice(0, end));
    rest = rest.slice(end).replace(/^[ \n]/, '');
  }
  return [...found, rest].filter((piece) => piece.trim() !== '');
}

const whatSpecialSays = (inside: string): string => {
  const [target = '', label] = inside.split('|');
  if (target.startsWith('@')) return target;
  if (target.startsWith('#')) return label ? `#${label}` : target;
  if (target.startsWith('!')) return label ?? `@${target.slice(1).split('^')[0]}`;
  return label ?? target.replace(/^(mailto|tel):/, '');
};

/**
 * What a person typed, out of what Slack made of it: mentions stay `@U123`, links and channels are their words again.
 * Source: https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages
 */
export function typedText(text: string): string {
  return text
    .replace(/<([^<>]+)>/g, (_, inside: string) => whatSpecialSays(inside))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
