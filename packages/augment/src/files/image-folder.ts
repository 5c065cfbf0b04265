/** A folder of images whose folders are their classes. */
import { checkNumber, checkOptions, fail, isNode, nodeModule, show } from '@parsimony/core';
import { centerCropOf } from '../image/geometry/center-crop';
import { resize } from '../image/geometry/resize';
import type { Pixels } from '../transform/transform';
import { readImage } from './read-image';

export interface ImageFolderOptions {
  /** Of all images, since they make batches: a side of their square, or [height, width]; 1 or more. */
  readonly size: number | readonly [height: number, width: number];
  /** 3: RGB. 1: grey. Default 3. */
  readonly channels?: 1 | 3;
}

/** What `imageDataset` takes, and what the labels mean. */
export interface ImageFolder {
  /** [N, C, H, W], 0 to 255. */
  readonly images: Uint8Array;
  /** [C, H, W]. */
  readonly shape: readonly [channels: number, height: number, width: number];
  /** [N]: the number of each image's class. */
  readonly labels: Int32Array;
  readonly numClasses: number;
  /** Their names: those of the folders, sorted. */
  readonly classes: readonly string[];
  /** [N]: the path of each image. */
  readonly files: readonly string[];
}

const where = 'imageFolder';
const endings = /\.(png|jpe?g|webp|gif|avif|tiff?)$/i;

/**
 * The images below a folder, in Node: `folder/cat/1.jpg` and `folder/cat/more/2.png` are of class `cat`. Each is made as small or large as covers
 * `size`, and cut to it in its middle. Classes and files are sorted by name; files that do not end as images do are left alone.
 *
 * @throws option: an unknown option or one out of range. file: no folder, no class, or one without images. data: what `readImage` refuses, with the file.
 * @see torchvision's `ImageFolder`, which leaves sizes to a transform.
 * @example
 * ```ts
 * import { imageFolder } from '@parsimony/augment/files';
 * await imageFolder('no/such/folder', { size: 32 }); // throws no/such/folder: could not be read
 * ```
 */
export async function imageFolder(folder: string, options: ImageFolderOptions): Promise<ImageFolder> {
  checkOptions(where, options, ['size', 'channels']);
  const given = Array.isArray(options.size) && options.size.length === 2 ? options.size as readonly [number, number] : [options.size, options.size] as readonly number[];
  const [height, width] = given.map((side) => checkNumber(where, 'size', side, { min: 1, integer: true })) as [number, number];
  const { channels = 3 } = options;
  if (typeof folder !== 'string' || folder === '') fail('option', `${where}: expected a folder, received ${show(folder)}.`);
  if (!isNode()) fail('file', `${where}: there are no folders outside Node. Read each image: \`readImage(url)\`.`);
  const classes = (await entriesOf(folder)).filter((entry) => entry.isDirectory).map(({ name }) => name);
  if (classes.length === 0) fail('file', `${folder}: expected a folder for each class, there is none.`);
  const found: { readonly file: string; readonly label: number }[] = [];
  for (const [label, name] of classes.entries()) {
    const files = await filesBelow(`${folder}/${name}`);
    if (files.length === 0) fail('file', `${folder}/${name}: there are no images of this class: files that end in .png, .jpg, .jpeg, .webp, .gif, .avif, .tif or .tiff.`);
    found.push(...files.map((file) => ({ file, label })));
  }
  const stride = channels * height * width;
  const images = new Uint8Array(found.length * stride);
  for (const [i, { file }] of found.entries()) images.set(fitted(await readImage(file, { channels }), height, width).data, i * stride);
  return { images, shape: [channels, height, width], labels: Int32Array.from(found, ({ label }) => label), numClasses: classes.length, classes, files: found.map(({ file }) => file) };
}

function fitted(image: Pixels, height: number, width: number): Pixels {
  const scale = Math.max(height / image.height, width / image.width);
  const covering = [Math.max(height, Math.round(scale * image.height)), Math.max(width, Math.round(scale * image.width))] as const;
  return centerCropOf(resize(image, covering), height, width);
}

interface Entry { readonly name: string; readonly isDirectory: boolean }

/** Sorted by code units, which is the same everywhere. */
async function entriesOf(folder: string): Promise<Entry[]> {
  const { readdir, stat } = await nodeModule<typeof import('node:fs/promises')>('node:fs/promises');
  try {
    const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort((a, b) => (a < b ? -1 : 1));
    return await Promise.all(names.map(async (name) => ({ name, isDirectory: (await stat(`${folder}/${name}`)).isDirectory() })));
  } catch (error) {
    return fail('file', `${folder}: could not be read (${(error as Error).message}).`, { cause: error });
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const { name, isDirectory } of await entriesOf(folder)) {
    if (isDirectory) files.push(...await filesBelow(`${folder}/${name}`));
    else if (endings.test(name)) files.push(`${folder}/${name}`);
  }
  return files;
}
