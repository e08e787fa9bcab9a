/** What Telegram takes. Lengths of texts are in UTF-16 code units, as JavaScript counts them. */

/** A text message: https://core.telegram.org/bots/api#sendmessage */
export const textUnits = 4096;
/** The text under a photo or a file: https://core.telegram.org/bots/api#sendphoto */
export const captionUnits = 1024;
/** Formatted stretches in one message; more are ignored: https://limits.tginfo.me/en */
export const entityCount = 100;
/** What a button sends back, in UTF-8: https://core.telegram.org/bots/api#inlinekeyboardbutton */
export const callbackBytes = 64;
/** What a button copies: https://core.telegram.org/bots/api#copytextbutton */
export const copyUnits = 256;
/** Buttons under one message, and in one of its rows: https://limits.tginfo.me/en */
export const buttonCount = 100;
export const rowButtonCount = 8;
/** Longer labels are cut. Ours: Telegram names no limit, and a phone shows no more. */
export const labelUnits = 64;
/** The words over a chat after a press: https://core.telegram.org/bots/api#answercallbackquery */
export const alertUnits = 200;
/** What a link may carry: https://core.telegram.org/bots/features#deep-linking */
export const payloadPattern = /^[A-Za-z0-9_-]{1,64}$/;
/** Commands in a menu: https://core.telegram.org/bots/api#setmycommands */
export const menuCount = 100;
/** A command in a menu: https://core.telegram.org/bots/api#botcommand */
export const commandPattern = /^[a-z0-9_]{1,32}$/;
export const commandAboutUnits = 256;
/** What a bot says of itself: https://core.telegram.org/bots/api#setmyname, #setmydescription, #setmyshortdescription */
export const nameUnits = 64;
export const descriptionUnits = 512;
export const aboutUnits = 120;
/** Updates in one answer: https://core.telegram.org/bots/api#getupdates */
export const updateCount = 100;
/** An update is a few kB; ours: a body beyond this is not from Telegram. */
export const bodyBytes = 1_000_000;
/** About thirty messages a second in bulk: https://core.telegram.org/bots/faq#broadcasting-to-users */
export const pace = { max: 30, perMs: 1000 };
/**
 * With `allow_paid_broadcast`, for bots with 100,000 Stars and as many monthly users: https://core.telegram.org/bots/api#sendmessage and
 * https://core.telegram.org/bots/faq#how-can-i-message-all-of-my-bot-39s-subscribers-at-once. What goes within the free limit costs nothing, so this is the most.
 */
export const paidPace = { max: 1000, perMs: 1000, milliPrice: 100, unit: 'stars' } as const;
