import { Api, type ApiClientOptions } from 'grammy';
import { lostOf, Refused } from './problem.ts';

/** A bot's doors to Telegram. Errors are only `Refused` and `Lost`, which hold no token and nothing that people wrote. */
export type Bot = {
  /** For everything a person may wait for: gives up after twenty seconds. */
  api: Api;
  /** For long polls of `pollSeconds`. */
  pollApi: Api;
  pollSeconds: number;
  /** Who we are, asked once. Rejects while Telegram can't say. */
  me(): Promise<Me>;
  /** The name in links, once it is known. */
  username(): string | undefined;
  /** The bytes of a file that somebody sent. */
  fetchFile(id: string): Promise<Uint8Array>;
};

export type Me = { id: number; username: string };

/** Opens the doors; no call is made. `apiRoot` without a trailing slash. */
export function openBot(token: string, apiRoot = 'https://api.telegram.org', pollSeconds = 25): Bot {
  const api = openApi(token, { apiRoot, timeoutSeconds: 20 });
  let known: Me | undefined;
  return {
    api,
    pollApi: openApi(token, { apiRoot, timeoutSeconds: pollSeconds + 15 }),
    pollSeconds,
    async me() {
      known ??= await api.getMe();
      return known;
    },
    username: () => known?.username,
    async fetchFile(id) {
      const { file_path } = await api.getFile(id);
      try {
        const response = await fetch(`${apiRoot}/file/bot${token}/${file_path}`, { signal: AbortSignal.timeout(30_000) });
        if (!response.ok) throw new Refused('file', response.status, response.statusText);
        return new Uint8Array(await response.arrayBuffer());
      } catch (error) {
        throw error instanceof Refused ? error : lostOf('file', error, token);
      }
    },
  };
}

function openApi(token: string, options: ApiClientOptions): Api {
  const api = new Api(token, options);
  // grammY's own errors carry the address (with the token) and the payload (with people's words): they end here.
  api.config.use(async (prev, method, payload, signal) => {
    const response = await prev(method, payload, signal).catch((error: unknown) => {
      throw lostOf(method, error, token);
    });
    if (!response.ok) throw new Refused(method, response.error_code, response.description, response.parameters);
    return response;
  });
  return api;
}
