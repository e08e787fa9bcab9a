import { createCanvas, loadImage } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { mostPixels, photoPng } from '../../src/pictures/photo.ts';

function canvasOf(width: number, height: number) {
  const canvas = createCanvas(width, height);
  const paint = canvas.getContext('2d');
  paint.fillStyle = 'red';
  paint.fillRect(0, 0, width / 2, height);
  paint.fillStyle = 'blue';
  paint.fillRect(width / 2, 0, width / 2, height);
  return canvas;
}

/** A JPEG as a phone writes it: held sideways (EXIF orientation 6), with a place's name in it. */
async function phoneJpeg(width: number, height: number): Promise<Buffer> {
  const jpeg = await canvasOf(width, height).encode('jpeg', 90);
  const tiff = Buffer.from([0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff, Buffer.from('Anna’s kitchen')]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

async function made(bytes: Uint8Array) {
  const result = await photoPng(bytes);
  if (!('png' in result)) throw new Error(result.problem);
  const { width, height } = await loadImage(Buffer.from(result.png));
  return { png: Buffer.from(result.png), width, height };
}

/** A PNG that says of itself that it is this large, and is nothing more. */
function hollowPng(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.write('\x89PNG\r\n\x1a\n', 'latin1');
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

describe('a picture that somebody sent', () => {
  it('is sent on upright, small enough, without what the camera wrote into it, and always as the same bytes', async () => {
    const photo = await phoneJpeg(2000, 1000);
    const { png, width, height } = await made(photo);
    expect([width, height]).toEqual([640, 1280]);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.includes('kitchen')).toBe(false);
    expect((await made(photo)).png.equals(png)).toBe(true);
  });

  it('may come as PNG, GIF or WebP, and is not made larger', async () => {
    const canvas = canvasOf(300, 120);
    for (const bytes of [await canvas.encode('png'), await canvas.encode('gif'), await canvas.encode('webp')])
      expect(await made(bytes)).toMatchObject({ width: 300, height: 120 });
  });

  it('is on paper where it was see-through', async () => {
    const { png } = await made(await createCanvas(200, 200).encode('png'));
    const seen = createCanvas(200, 200).getContext('2d');
    seen.drawImage(await loadImage(png), 0, 0);
    expect([...seen.getImageData(100, 100, 1, 1).data]).toEqual([255, 255, 255, 255]);
  });

  it('is refused when it is none, is broken, can’t be made out, or would fill the memory', async () => {
    const png = await canvasOf(300, 300).encode('png');
    const problem = async (bytes: Uint8Array) =>
      photoPng(bytes).then((result) => ('problem' in result ? result.problem : 'fine'));
    expect(await problem(Buffer.from('%PDF-1.7'))).toBe('not_an_image');
    expect(await problem(new Uint8Array())).toBe('not_an_image');
    expect(await problem(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"/>'))).toBe('not_an_image');
    expect(await problem(hollowPng(400, 400))).toBe('not_an_image');
    for (const length of [3, 9, 12, 20, 29])
      expect(await problem((await phoneJpeg(200, 200)).subarray(0, length))).toBe('not_an_image');
    expect(await problem(png.subarray(0, 20))).toBe('not_an_image');
    expect(await problem(await canvasOf(99, 300).encode('png'))).toBe('too_small');
    expect(await problem(await canvasOf(2100, 200).encode('png'))).toBe('too_small');
    expect(await problem(hollowPng(mostPixels / 1000 + 1, 1000))).toBe('too_large');
  });
});
