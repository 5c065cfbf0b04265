/** Image files in a page: by the browser's own decoders, against what PIL reads. */
import { describe, expect, test } from 'vitest';
import fixture from '../../fixtures/image-files.json';
import { pixels } from '../image/pixels';
import { fromBase64, furthest } from './check';
import { encodeImage } from './encode-image';
import { readImage } from './read-image';
import { writeImage } from './write-image';

describe('as PIL reads them', () => {
  test.each(fixture.cases.map((c) => [c.name, c] as const))('%s', async (_, c) => {
    const image = await readImage(new Blob([fromBase64(c.file)]));
    expect([image.channels, image.height, image.width]).toEqual(c.pixels.shape);
    expect(furthest(image.data, fromBase64(c.pixels.bytes))).toBeLessThanOrEqual(c.lossy ? 2 : 0);
    if (c.grey) expect((await readImage(fromBase64(c.file), { channels: 1 })).data).toEqual(fromBase64(c.grey.bytes));
  });
});

test.each(fixture.cases.map((c) => [c.name, c] as const))('truncated: %s', async (_, c) => {
  const file = fromBase64(c.file);
  // Of two pictures the first may be whole.
  for (const share of c.name === 'GIF of two pictures' ? [0, 0.1] : [0, 0.1, 0.5, 0.95]) {
    await expect(readImage(file.subarray(0, Math.floor(share * file.length))), `${share} of the file`).rejects.toThrow('readImage: the bytes are no image that can be read, or a truncated or damaged one');
  }
});

test('a PNG keeps every pixel, from a URL too; a JPEG is one', async () => {
  const image = pixels(Uint8Array.from({ length: 3 * 5 * 4 }, (_, i) => (i * 37) % 256), { channels: 3, height: 5, width: 4 });
  const png = await encodeImage(image);
  expect(await readImage(png)).toEqual(image);
  const url = URL.createObjectURL(new Blob([png as Uint8Array<ArrayBuffer>]));
  expect(await readImage(url)).toEqual(image);
  URL.revokeObjectURL(url);
  expect((await encodeImage(image, { type: 'jpeg' })).subarray(0, 2)).toEqual(Uint8Array.of(0xff, 0xd8));
});

test('what is no image, and files', async () => {
  await expect(readImage(new File(['an image'], 'cat.png'))).rejects.toThrow('cat.png is no image');
  await expect(readImage('nowhere/cat.png')).rejects.toThrow('nowhere/cat.png');
  await expect(writeImage('cat.png', { data: new Uint8Array(3), channels: 3, height: 1, width: 1 })).rejects.toThrow('writeImage: there are no files outside Node.');
});
