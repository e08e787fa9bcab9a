import type { FileRef } from '../../chat/inbound.ts';
import { limits } from './limits.ts';
import { Refused } from './requests.ts';

/** What of a picture is kept at hand; of a larger one only its size is known, as with a messenger that says the size before the file. */
async function readFile(request: Request, id: string): Promise<FileRef> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength;
    if (bytes > limits.uploadBytes) throw new Refused(413, 'That is too large.');
    if (bytes <= limits.photoBytes) parts.push(part);
    else parts.length = 0;
  }
  if (bytes === 0) throw new Refused(400, 'There is nothing in it.');
  return {
    id,
    bytes,
    read: async () => {
      if (bytes > limits.photoBytes) throw new Error('a picture that is too large was not kept');
      return new Uint8Array(Buffer.concat(parts));
    },
  };
}

/**
 * A picture sent from a phone: its bytes are the body, whose it is stands in the address.
 * @throws Refused 400, 413, 415
 */
export async function readPhoto(request: Request): Promise<{ fields: Record<string, unknown>; name: string; photo: FileRef }> {
  // A form of another site can't send this type.
  if (request.headers.get('content-type') !== 'application/octet-stream')
    throw new Refused(415, 'The bytes of a file are expected.');
  const { name = '', ...fields } = Object.fromEntries(new URL(request.url).searchParams);
  return { fields, name: name.slice(0, 100), photo: await readFile(request, fields['id'] ?? '') };
}
