import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { NotSent, SlowDown, Unreachable } from '../../chat/channel.ts';
import { withoutSecrets } from './secrets.ts';

// Errors that speak of the person or their conversation, as listed on
// https://docs.slack.dev/reference/methods/chat.postMessage and https://docs.slack.dev/reference/methods/conversations.open.
// `account_inactive` is not among them: there it says that our own token's account is gone, and nobody's address is dead for that.
const deadAddresses = new Set([
  'channel_not_found',
  'user_not_found',
  'users_not_found',
  'user_not_visible',
  'user_disabled',
  'is_archived',
  'cannot_dm_bot',
  'not_in_channel',
  'is_inactive',
]);

// Slack says of these that part of the work may have been done.
const undecided = new Set(['fatal_error', 'internal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org']);

// Codes of connections that were never made; nothing was sent over them.
const noConnection = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** The error Slack named, such as `channel_not_found`; undefined when it was something else. */
export const slackError = (error: unknown): string | undefined =>
  error instanceof WebAPIPlatformError ? error.data.error : undefined;

/** Whether the blocks were refused for their picture: not there, not ready yet, or not ours. */
export function refusesPicture(error: unknown): boolean {
  if (!(error instanceof WebAPIPlatformError) || !['invalid_blocks', 'invalid_arguments'].includes(error.data.error))
    return false;
  const messages = error.data.response_metadata?.messages ?? [];
  return messages.length === 0
    ? error.data.error === 'invalid_blocks'
    : messages.some((message) => message.includes('slack_file') || message.includes('slack file'));
}

/**
 * What a failed call means for a message: Unreachable, SlowDown or NotSent where that is certain, else an error that says nothing
 * secret and decides nothing. `begun` is false for calls before the one that sends: then it is certainly not sent.
 */
export function classify(error: unknown, begun = true): Error {
  if (error instanceof NotSent || error instanceof SlowDown || error instanceof Unreachable) return error;
  const known = decided(error);
  if (known) return known;
  const message = withoutSecrets(error instanceof Error ? error.message : String(error));
  return begun ? new Error(message) : new NotSent(message, true);
}

function decided(error: unknown): Error | undefined {
  if (error instanceof WebAPIRateLimitedError) return new SlowDown(error.retryAfter * 1000);
  // The library's plain error for a 429 that does not say how long.
  if (error instanceof Error && error.message.startsWith('Retry header did not contain')) return new SlowDown(1000);
  if (error instanceof WebAPIPlatformError) return platformError(error.data.error);
  if (error instanceof WebAPIHTTPError && error.statusCode < 500) return new NotSent(`Slack answered ${error.statusCode}`, false);
  if (error instanceof WebAPIRequestError && codes(error.original).some((code) => noConnection.has(code)))
    return new NotSent('no connection to Slack', true);
  return undefined;
}

function platformError(code: string): Error | undefined {
  if (deadAddresses.has(code)) return new Unreachable(code);
  if (code === 'ratelimited' || code === 'rate_limited') return new SlowDown(1000);
  // Something that is no error name is an answer that was not Slack's, such as a proxy's page.
  if (undecided.has(code) || !/^[a-z0-9_]+$/.test(code)) return undefined;
  return new NotSent(code, false);
}

/** The codes of an error and of all that caused it; an address with several IPs fails with one error each. */
function codes(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inside = error instanceof AggregateError ? error.errors.flatMap(codes) : [];
  return [...own, ...inside, ...codes(error.cause)];
}
