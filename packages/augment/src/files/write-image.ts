/** An image into a file. */
import { checkOptions, fail, isNode, replaceFile, show } from '@parsimony/core';
import type { Pixels } from '../transform/transform';
import { encodeImage, type EncodeImageOptions } from './encode-image';

/**
 * Writes an image to a .png, .jpg or .jpeg file, in Node. It is written beside its place and then moved there, so that a crash or a full disk leaves
 * what was there before.
 *
 * @throws option: another ending, or what `encodeImage` refuses. data: what `encodeImage` refuses. file: it cannot be written; in a page there are no files.
 * @example
 * ```ts
 * import { pixels } from '@parsimony/augment';
 * import { writeImage } from '@parsimony/augment/files';
 * const image = pixels(new Uint8Array(12), { channels: 3, height: 2, width: 2 });
 * await writeImage('image.bmp', image); // throws writeImage: expected a path that ends in .png, .jpg or .jpeg, received "image.bmp".
 * await writeImage('no/such/folder/image.png', image); // throws no/such/folder/image.png: could not be written
 * ```
 */
export async function writeImage(path: string, image: Pixels, options: Pick<EncodeImageOptions, 'quality'> = {}): Promise<void> {
  const where = 'writeImage';
  checkOptions(where, options, ['quality']);
  const ending = typeof path === 'string' ? /[^/\\]\.(png|jpe?g)$/i.exec(path)?.[1]?.toLowerCase() : undefined;
  if (ending === undefined) fail('option', `${where}: expected a path that ends in .png, .jpg or .jpeg, received ${show(path)}.`);
  if (!isNode()) fail('file', `${where}: there are no files outside Node. Offer the bytes of \`encodeImage\` as a download.`);
  await replaceFile(path, await encodeImage(image, { ...options, type: ending === 'png' ? 'png' : 'jpeg' }));
}
