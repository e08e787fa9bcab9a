import type { ResponseParameters } from 'grammy/types';
import { NotSent, SlowDown, Unreachable } from '../../chat/channel.ts';

/** Telegram answered with an error. Holds nothing of the call itself: payloads are what people wrote. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: number;
  readonly parameters: ResponseParameters;

  constructor(method: string, code: number, description: string, parameters: ResponseParameters = {}) {
    super(`${method}: ${code} ${description}`);
    this.code = code;
    this.parameters = parameters;
  }
}

/** No answer came. `wentOut`: the request may have arrived nevertheless. */
export class Lost extends Error {
  override readonly name = 'Lost';
  readonly wentOut: boolean;

  constructor(method: string, reason: string, wentOut: boolean) {
    super(`${method}: ${reason}`);
    this.wentOut = wentOut;
  }
}

/**
 * A failed request as an error that may be logged: the token, which is part of every address, is taken out.
 * @param error what the HTTP client threw; its `error`, if any, is the cause (grammY's HttpError wraps it)
 */
export function lostOf(method: string, error: unknown, token: string): Lost {
  const cause = error instanceof Error && 'error' in error ? error.error : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  // Before a connection stands nothing can have gone out. An empty reason is Node's for several addresses that all failed to connect.
  const before = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN)$/.test(code ?? '') || /reason: (connect|getaddrinfo|$)/.test(message);
  return new Lost(method, code ?? message.replaceAll(token, '<token>'), !before);
}

/** A 400 that means: this place is gone. https://core.telegram.org/api/errors and the Bot API server's own sentences. */
const gone =
  /chat not found|user not found|user is deactivated|bot was (blocked|kicked)|bot can't initiate|PEER_ID_INVALID|USER_IS_BLOCKED|INPUT_USER_DEACTIVATED|CHAT_WRITE_FORBIDDEN|(not enough|have no) rights to send|chat was deactivated/i;

/** What a failed send means for its sender: Unreachable, SlowDown, NotSent, or the error itself when nobody knows whether it arrived. */
export function meaningOf(error: unknown): unknown {
  if (error instanceof RangeError) return new NotSent(error.message, false, { cause: error });
  if (error instanceof Lost) return error.wentOut ? error : new NotSent(error.message, true, { cause: error });
  if (!(error instanceof Refused)) return error;
  const { code, message, parameters } = error;
  if (code === 429) return new SlowDown((parameters.retry_after ?? 1) * 1000);
  if (code === 403 || (code === 400 && gone.test(message))) return new Unreachable(message);
  // A wrong token or address refuses everything: once that is put right, the same message can go.
  if (code === 401 || code === 404 || code === 409) return new NotSent(message, true, { cause: error });
  return code >= 500 ? error : new NotSent(message, false, { cause: error });
}

/** A file id that Telegram no longer takes (another bot's, or forgotten). */
export const isStaleFile = (error: unknown): boolean =>
  error instanceof Refused &&
  error.code === 400 &&
  /wrong (remote )?file|file_?(id|reference)|FILE_REFERENCE/i.test(error.message);

export const isRefusal = (error: unknown, code: number, sentence = ''): error is Refused =>
  error instanceof Refused && error.code === code && error.message.includes(sentence);
