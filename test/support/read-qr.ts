import { createCanvas, loadImage } from '@napi-rs/canvas';
import jsqr from 'jsqr';

// The package's types describe another module format than it has.
const readQr = jsqr as unknown as typeof jsqr.default;

/** What the QR in a picture says, as a phone's camera would read it; undefined when there is none. */
export async function readPicture(png: Uint8Array): Promise<string | undefined> {
  const image = await loadImage(Buffer.from(png));
  const canvas = createCanvas(image.width, image.height).getContext('2d');
  canvas.drawImage(image, 0, 0);
  const { data, width, height } = canvas.getImageData(0, 0, image.width, image.height);
  return readQr(new Uint8ClampedArray(data), width, height)?.data;
}
