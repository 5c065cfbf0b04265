/** Folders of images: their classes, order and sizes, into a data set. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ready } from '@parsimony/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { imageDataset } from '../image/dataset';
import { pixels } from '../image/pixels';
import { imageFolder } from './image-folder';
import { writeImage } from './write-image';

let folder = '';
beforeAll(async () => {
  await ready();
  folder = await mkdtemp(join(tmpdir(), 'parsimony-folder-'));
  for (const name of ['dog/b', 'cat', '.hidden']) await mkdir(join(folder, name), { recursive: true });
  const plain = (level: number, height: number, width: number) => pixels(new Uint8Array(3 * height * width).fill(level), { channels: 3, height, width });
  await writeImage(join(folder, 'dog/z.png'), plain(10, 8, 8));
  await writeImage(join(folder, 'dog/b/a.PNG'), plain(20, 4, 16));
  await writeImage(join(folder, 'cat/1.png'), plain(30, 3, 2));
  await writeFile(join(folder, 'cat/notes.txt'), 'not an image');
  await writeFile(join(folder, 'readme.txt'), 'not a class');
  // Left, middle and right thirds.
  await writeImage(join(folder, 'cat/2.png'), pixels(Uint8Array.from({ length: 3 * 4 * 12 }, (_, i) => 100 * Math.floor((i % 12) / 4)), { channels: 3, height: 4, width: 12 }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('classes by folder, all of one size', async () => {
  const all = await imageFolder(folder, { size: 4, channels: 1 });
  expect(all.classes).toEqual(['cat', 'dog']);
  expect(all.files.map((file) => file.slice(folder.length + 1))).toEqual(['cat/1.png', 'cat/2.png', 'dog/b/a.PNG', 'dog/z.png']);
  expect([...all.labels]).toEqual([0, 0, 1, 1]);
  expect([all.numClasses, all.shape]).toEqual([2, [1, 4, 4]]);
  // Of the second image its middle third.
  expect([...all.images]).toEqual([30, 100, 20, 10].flatMap((level) => Array<number>(16).fill(level)));
  const { images, shape, labels, numClasses } = await imageFolder(folder, { size: [2, 6] });
  const { inputs } = await imageDataset({ images, shape, labels, numClasses }).batch(Int32Array.of(3, 0));
  expect(inputs.shape).toEqual([2, 3, 2, 6]);
  expect((await inputs.data())[0]).toBeCloseTo(10 / 255, 6);
});

test('what is none is named', async () => {
  await expect(imageFolder(join(folder, 'cat'), { size: 4 })).rejects.toThrow('cat: expected a folder for each class, there is none.');
  await expect(imageFolder(join(folder, 'none'), { size: 4 })).rejects.toThrow('none: could not be read (ENOENT');
  await expect(imageFolder(folder, { size: 0 })).rejects.toThrow('imageFolder: `size` must be');
  await expect(imageFolder(folder, { size: 4, sides: 3 } as never)).rejects.toThrow('imageFolder: unknown option `sides`');
  await mkdir(join(folder, 'empty'));
  await expect(imageFolder(folder, { size: 4 })).rejects.toThrow('empty: there are no images of this class');
  await writeFile(join(folder, 'empty/cut.png'), Uint8Array.of(137, 80, 78, 71));
  await expect(imageFolder(folder, { size: 4 })).rejects.toThrow('empty/cut.png is no image that can be read');
});
