/** One message's words in one language: plain text in ICU MessageFormat (`{name}`, `{points, plural, one {…} other {…}}`). */
export type MessageText = { title?: string; body: string };

/** By language. Readers of others get `fallback`. */
export type MessageTexts = { texts: Readonly<Record<string, MessageText>>; fallback: string };
