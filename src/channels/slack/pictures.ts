import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import { type ChannelTools, NotSent } from '../../chat/channel.ts';
import type { Picture, View } from '../../chat/view.ts';
import { classify, refusesPicture } from './errors.ts';
import type { Painted } from './render.ts';

export type Pictures = ReturnType<typeof createPictures>;

// An uploaded file can't be shown until Slack has looked at it; the call that shows it is refused meanwhile. About four seconds in all.
const patienceMs = [150, 250, 400, 600, 1000, 1500];

// Thousands of messages share one picture: it is read once.
const hashes = new WeakMap<Uint8Array, string>();

function hashOf(png: Uint8Array): string {
  const hash = hashes.get(png) ?? createHash('sha256').update(png).digest('hex');
  hashes.set(png, hash);
  return hash;
}

/** Pictures by upload: each once, then by its file id. */
export function createPictures(client: WebClient, { uploads, log }: Pick<ChannelTools, 'uploads' | 'log'>) {
  async function upload(picture: Picture, hash: string): Promise<string> {
    const { files } = await client.filesUploadV2({
      file: Buffer.from(picture.png),
      filename: 'picture.png',
      alt_text: picture.alt.slice(0, 1000),
    });
    const id = files[0]?.files?.[0]?.id;
    if (!id) throw new Error('Slack gave no id for an upload');
    await uploads.keep(hash, id);
    return id;
  }

  /** Shows with one file, as long as it is being looked at; undefined when it never could be shown. */
  async function patiently<Result>(
    fileId: string,
    waitsMs: readonly number[],
    show: (painted: Painted) => Promise<Result>,
  ): Promise<{ result: Result } | undefined> {
    for (const waitMs of [0, ...waitsMs]) {
      if (waitMs > 0) await pause(waitMs);
      try {
        return { result: await show({ fileId }) };
      } catch (error) {
        if (!refusesPicture(error)) throw error;
      }
    }
    return undefined;
  }

  async function show<Result>(picture: Picture, shown: (painted: Painted) => Promise<Result>): Promise<Result> {
    const hash = hashOf(picture.png);
    const kept = await uploads.find(hash).catch(() => undefined);
    // A file that is long known and suddenly refused was deleted: it is uploaded once more.
    const first = kept && (await patiently(kept, patienceMs.slice(0, 2), shown));
    if (first) return first.result;
    if (kept) await uploads.forget(hash).catch(() => {});
    const fresh = await uploaded(picture, hash);
    const second = fresh && (await patiently(fresh, patienceMs, shown));
    if (second) return second.result;
    log.warn({}, 'a picture is shown as its description');
    return await shown({});
  }

  // Refused for good, the words are sent without it; anything that may pass is worth waiting for, and nothing has been sent yet.
  async function uploaded(picture: Picture, hash: string): Promise<string | undefined> {
    try {
      return await upload(picture, hash);
    } catch (error) {
      const known = classify(error, false);
      if (!(known instanceof NotSent) || known.again) throw known;
      log.warn({ reason: known.message }, 'Slack refused a picture');
      return undefined;
    }
  }

  return {
    /** Shows a view by `shown`, which is called until Slack takes the picture; in the end with its description in its place. */
    paint: <Result>(view: View, shown: (painted: Painted) => Promise<Result>): Promise<Result> =>
      view.image ? show(view.image, shown) : shown({}),
  };
}
