/** `parsimony augment --preview`: images from files, what policies do to them, and the sheet that shows it. */
import { basename, extname } from 'node:path';
import { readImage, writeImage } from '@parsimony/augment/files';
import { applyToScenes, childKey, drawFor, functional, type Pixels, type Transform } from '@parsimony/augment/image';
import { random, replaceFile } from '@parsimony/core';
import { captionOf } from './caption';
import { type Cell, pageOf, type Section, sheetOf } from './sheet';
import { tileOf } from './tile';

export interface PreviewOptions {
  readonly files: readonly string[];
  readonly policies: readonly Transform[];
  /** Of each image by each policy. */
  readonly draws: number;
  readonly seed: number;
  /** Of the longer side of an image, in pixels, at most. */
  readonly size: number;
  /** Ends in .png, .html or .svg. */
  readonly out: string;
}

/** Smaller tiles would have no room for captions. */
const leastSide = 160;

export async function preview({ files, policies, draws, seed, size, out }: PreviewOptions): Promise<void> {
  const images: Pixels[] = [];
  for (const file of files) images.push(fitted(await readImage(file), size));
  const side = Math.max(leastSide, size);
  const sections = policies.map((policy): Section => ({
    title: String(policy),
    rows: images.map((image, i) => [
      { tile: tileOf(image, side), caption: [basename(files[i] ?? ''), `${image.width} x ${image.height}`] },
      ...drawn(policy, image, i, draws, seed).map(({ changed, caption }): Cell => ({ tile: tileOf(changed, side), caption })),
    ]),
  }));
  await write(out, sheetOf(sections, side));
}

/** Image i has the keys of i, whatever other policies there are and however many draws. */
function drawn(policy: Transform, image: Pixels, i: number, draws: number, seed: number): { readonly changed: Pixels; readonly caption: readonly string[] }[] {
  const params = drawFor(policy, childKey(random.key(seed), i), draws, image);
  const scenes = applyToScenes(policy, params.map(() => ({ image })), params);
  return scenes.map(({ image: changed }, k) => {
    const said = captionOf(policy.toJSON(), params[k] ?? null);
    return { changed, caption: said.length === 0 ? ['as it is'] : said };
  });
}

function fitted(image: Pixels, size: number): Pixels {
  const scale = size / Math.max(image.width, image.height);
  if (scale >= 1) return image;
  const side = (length: number): number => Math.max(1, Math.round(scale * length));
  return functional.resize(image, [side(image.height), side(image.width)]);
}

async function write(out: string, svg: string): Promise<void> {
  if (extname(out).toLowerCase() === '.png') {
    await writeImage(out, await readImage(new TextEncoder().encode(svg)));
    return;
  }
  await replaceFile(out, extname(out).toLowerCase() === '.html' ? pageOf(svg) : svg);
}
