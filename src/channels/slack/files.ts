import type { FileRef } from '../../chat/inbound.ts';
import type { SharedFile } from './read.ts';

/** Fetches the bytes of a file that somebody sent, by the address that Slack gave. */
export type FetchFile = (url: string) => Promise<Uint8Array>;

const timeoutMs = 30_000;
/** Where files are: https://docs.slack.dev/reference/objects/file-object (`url_private`). */
const filesHost = 'https://files.slack.com';

/**
 * Fetches from Slack's own files only, since the token goes along; with another address of the Web API, from that server.
 * @throws TypeError for an address elsewhere; Error when Slack does not give the file out (a page to sign in is no file)
 */
export function createFetchFile(botToken: string, apiUrl: string | undefined): FetchFile {
  return async (address) => {
    const given = new URL(address);
    if (given.origin !== filesHost) throw new TypeError('a file that is not at Slack');
    const url = apiUrl ? new URL(given.pathname, apiUrl) : given;
    const headers = { authorization: `Bearer ${botToken}` };
    const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok || response.headers.get('content-type')?.startsWith('text/html'))
      throw new Error(`Slack did not give a file out (${response.status})`);
    return new Uint8Array(await response.arrayBuffer());
  };
}

/** A shared file, not yet fetched. */
export const fileRef = ({ id, url, bytes }: SharedFile, fetchFile: FetchFile): FileRef => ({
  id,
  ...(bytes === undefined ? {} : { bytes }),
  read: () => fetchFile(url),
});
