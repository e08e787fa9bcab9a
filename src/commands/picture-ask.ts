import type { Ask, Scene } from '../chat/command.ts';
import type { FileRef } from '../chat/inbound.ts';
import type { View } from '../chat/view.ts';
import { mostPixels, type PhotoProblem, photoPng, smallestSidePx } from '../pictures/photo.ts';
import { isKept, keepPicture } from '../program/campaigns/media.ts';
import type { Context } from '../program/context.ts';
import { Refusal } from '../program/refusal.ts';

/** The largest file that is fetched. Telegram gives bots files up to 20 MB and takes photos up to 10 MB from them. */
const mostBytes = 10 * 1024 * 1024;
/** The answer that there is no picture. */
export const noPicture = 'none';

const refusals: Readonly<Record<PhotoProblem, string>> = {
  not_an_image: 'picture.not_an_image',
  too_small: 'picture.too_small',
  too_large: 'picture.too_large',
};

async function fetched(file: FileRef): Promise<Uint8Array> {
  const tooBig = () => new Refusal('picture.too_big', { max: mostBytes / 1024 / 1024 });
  if ((file.bytes ?? 0) > mostBytes) throw tooBig();
  const bytes = await file.read().catch(() => {
    throw new Refusal('picture.not_fetched');
  });
  if (bytes.byteLength > mostBytes) throw tooBig();
  return bytes;
}

/** Fetches a picture, makes it fit to be sent on, and keeps it. Gives its hash. */
async function taken(ctx: Context, file: FileRef): Promise<string> {
  const made = await photoPng(await fetched(file));
  if ('png' in made) return keepPicture(ctx, made.png);
  throw new Refusal(refusals[made.problem], { min: smallestSidePx, millions: mostPixels / 1_000_000 });
}

const saysNone = (typed: string, { say }: Scene): boolean => {
  const said = typed.normalize('NFKC').trim().toLowerCase();
  return said === noPicture || say('chat:no_words').split(',').includes(said);
};

/**
 * Asks for a picture: a photo or a picture as a file. The answer is its hash in `media`, or `none`. `question`: what is said above the
 * buttons. Refuses, with the question staying open: `picture.wanted` (something else was sent), `picture.too_big`, `picture.not_an_image`,
 * `picture.too_small`, `picture.too_large`, `picture.not_fetched` (the messenger did not give it out).
 */
export const pictureAsk = (name: string, question: (scene: Scene) => View): Ask => ({
  name,
  read: async (typed, ctx, scene) => {
    if (scene.photo) return taken(ctx, scene.photo);
    if (saysNone(typed, scene)) return noPicture;
    if (/^[0-9a-f]{64}$/.test(typed) && (await isKept(ctx, typed))) return typed;
    throw new Refusal('picture.wanted');
  },
  question: (_ctx, _answers, scene, answer) => {
    const view = question(scene);
    return {
      ...view,
      buttons: [
        [
          { label: scene.say('offers:picture.none'), does: answer(noPicture) },
          { label: scene.say('chat:cancel'), does: 'cancel' },
        ],
        ...(view.buttons ?? []),
      ],
    };
  },
});
