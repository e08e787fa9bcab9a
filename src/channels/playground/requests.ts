import { isIP } from 'node:net';
import { limits } from './limits.ts';

/** An answer that is no success, in a sentence. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

// A name that another site could make point to this machine (DNS rebinding) needs a dot and is not under .local or .localhost.
function isOwnName(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) !== 0 || !bare.includes('.') || bare.endsWith('.local') || bare.endsWith('.localhost');
}

/**
 * Lets in only what our own page asks for, under our own name: another site that a person has open may neither write here nor,
 * by pointing its name at this machine, read.
 * @throws Refused 403
 */
export function checkOrigin(request: Request, ownOrigin: string): void {
  const asked = new URL(request.url);
  const host = request.headers.get('host') ?? asked.host;
  const own = new URL(ownOrigin);
  if (host !== own.host && !isOwnName(new URL(`http://${host}`).hostname)) {
    throw new Refused(403, `This playground does not answer to the name ${host}. If it should, set PUBLIC_URL.`);
  }
  const origin = request.headers.get('origin');
  if (origin !== null && origin !== own.origin && origin !== `http://${host}` && origin !== `https://${host}`) {
    throw new Refused(403, 'Only the playground’s own page may do this.');
  }
  const site = request.headers.get('sec-fetch-site');
  if (request.method === 'POST' && site !== null && site !== 'same-origin')
    throw new Refused(403, 'Only the playground’s own page may do this.');
}

async function readText(request: Request): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength;
    if (bytes > limits.requestBytes) throw new Refused(413, 'That is too long.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/**
 * Reads a JSON object, whatever its declared length says.
 * @throws Refused 400, 413, 415
 */
export async function readJson(request: Request): Promise<Record<string, unknown>> {
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) throw new Refused(415, 'JSON is expected.');
  if (Number(request.headers.get('content-length')) > limits.requestBytes) throw new Refused(413, 'That is too long.');
  const text = await readText(request);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below, for everything that is no object.
  }
  throw new Refused(400, 'That is no JSON object.');
}
