/**
 * What Telegram asks for a message beyond the free limit, in thousandths of a Star (`allow_paid_broadcast`, https://core.telegram.org/bots/api#sendmessage): paid from the bot's balance, and only
 * messages beyond 30 in a second cost anything, so this many is the most.
 */
const milliStars = 100;

/** The most Stars that so many messages can cost. */
export const mostStars = (messages: number): number => Math.ceil((messages * milliStars) / 1_000);
