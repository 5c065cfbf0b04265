/** The contact sheet: what it shows is what the policy does, and what is written below it is what was drawn. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeImage, readImage, writeImage } from '@parsimony/augment/files';
import { applyToScenes, childKey, drawFor, functional, parseTransform, type Pixels, pixels, randomHorizontalFlip } from '@parsimony/augment/image';
import { random } from '@parsimony/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { captionOf } from './caption';
import { policiesOf } from './policies';
import { preview, type PreviewOptions } from './preview';
import { wrap } from './sheet';

let folder = '';
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'parsimony-gallery-')); });
beforeEach(async () => { for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true }); });
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Coloured, and nowhere symmetric. */
const photo = (height: number, width: number): Pixels =>
  pixels(Uint8Array.from({ length: 3 * height * width }, (_, i) => (i * 5 + Math.floor(i / width) * 11) % 256), { channels: 3, height, width });

/** Quicker to compare than arrays. */
const bytesOf = (image: Pixels | undefined): string => `${image?.height} ${image?.width} ${Buffer.from(image?.data ?? []).toString('base64')}`;

async function filesOf(...images: readonly Pixels[]): Promise<string[]> {
  return Promise.all(images.map(async (image, i) => {
    const file = join(folder, `image-${i}.png`);
    await writeImage(file, image);
    return file;
  }));
}

/** The images of a sheet in their order, and its texts. */
async function contentsOf(svg: string): Promise<{ readonly images: readonly Pixels[]; readonly texts: readonly string[] }> {
  const uris = [...svg.matchAll(/<image [^>]*href="([^"]+)"/g)].map(([, uri = '']) => uri);
  return { images: await Promise.all(uris.map((uri) => readImage(uri))), texts: [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text = '']) => text) };
}

const sheet = async (given: Partial<PreviewOptions> & Pick<PreviewOptions, 'files' | 'policies'>): Promise<string> => {
  const out = join(folder, 'sheet.svg');
  await preview({ draws: 3, seed: 5, size: 160, out, ...given });
  return readFile(out, 'utf8');
};

describe('the sheet', () => {
  test('shows each image as it is, then as each policy changes it', async () => {
    const originals = [photo(90, 120), photo(160, 160)];
    const policies = [parseTransform({ name: 'TrivialAugmentWide' }), randomHorizontalFlip()];
    const { images, texts } = await contentsOf(await sheet({ files: await filesOf(...originals), policies }));
    expect(images).toHaveLength(2 * 2 * 4);
    let at = 0;
    for (const policy of policies) {
      for (const [i, image] of originals.entries()) {
        const params = drawFor(policy, childKey(random.key(5), i), 3, image);
        const expected = [image, ...applyToScenes(policy, params.map(() => ({ image })), params).map((scene) => scene.image)];
        for (const one of expected) expect(bytesOf(images[at++])).toBe(bytesOf(one));
        for (const caption of params.flatMap((drawn) => captionOf(policy.toJSON(), drawn))) expect(texts).toContain(caption);
      }
    }
    for (const text of ['TrivialAugmentWide(numMagnitudeBins=31, interpolation="nearest", fill=0, maskFill=0)'.replaceAll('"', '&quot;'), 'RandomHorizontalFlip(p=0.5)', 'image-0.png', '120 x 90', 'as it is', 'HorizontalFlip']) expect(texts).toContain(text);
  });

  test('enlarges small images by whole factors and makes large ones smaller before the policy', async () => {
    const [small, large] = [photo(28, 28), photo(100, 400)];
    const { images, texts } = await contentsOf(await sheet({ files: await filesOf(small, large), policies: [randomHorizontalFlip({ p: 1 })], draws: 1, size: 40 }));
    expect(images.map(({ height, width }) => [height, width])).toEqual([[140, 140], [140, 140], [40, 160], [40, 160]]);
    expect(texts).toContain('40 x 10');
    expect(images[0]?.data[3 * 140 + 7]).toBe(small.data[1]);
    expect(bytesOf(images[1])).toBe(bytesOf(functional.hflip(images[0] as Pixels)));
    expect(bytesOf(images[3])).toBe(bytesOf(functional.hflip(images[2] as Pixels)));
  });

  test('the same seed gives the same sheet, another another', async () => {
    const files = await filesOf(photo(20, 20));
    const given = { files, policies: [parseTransform({ name: 'RandAugment' })] };
    const first = await sheet(given);
    expect(await sheet(given)).toBe(first);
    expect(await sheet({ ...given, seed: 6 })).not.toBe(first);
  });

  test('as a PNG it has the same pixels, as a page the same drawing', async () => {
    const [image, out] = [photo(160, 160), join(folder, 'sheet.png')];
    const given = { files: await filesOf(image), policies: [randomHorizontalFlip({ p: 1 })], draws: 1, seed: 5, size: 160 };
    await preview({ ...given, out });
    const png = await readImage(out);
    expect(png.width).toBe(2 * 160 + 10 + 2 * 16);
    const top = Number(/<image [^>]*y="(\d+)"/.exec(await sheet({ ...given, out: join(folder, 'sheet.svg') }))?.[1]);
    expect(bytesOf(functional.crop(png, top, 16, 160, 160))).toBe(bytesOf(image));
    expect(bytesOf(functional.crop(png, top, 16 + 170, 160, 160))).toBe(bytesOf(functional.hflip(image)));
    await preview({ ...given, out: join(folder, 'sheet.html') });
    const page = await readFile(join(folder, 'sheet.html'), 'utf8');
    expect(page).toContain(await readFile(join(folder, 'sheet.svg'), 'utf8'));
    expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
  });

  test('normalised images are stretched over their range, of whichever size the policy makes them', async () => {
    const policy = parseTransform({ name: 'Compose', transforms: [{ name: 'Resize', size: [200, 100] }, { name: 'ConvertImageDtype' }, { name: 'Normalize', mean: [0.5, 0.5, 0.5], std: [0.1, 0.1, 0.1] }] });
    const { images } = await contentsOf(await sheet({ files: await filesOf(photo(30, 30)), policies: [policy], draws: 1 }));
    expect([images[1]?.height, images[1]?.width]).toEqual([200, 100]);
    const values = Array.from(images[1]?.data ?? []);
    expect(values.reduce((a, b) => Math.min(a, b), 255)).toBe(0);
    expect(values.reduce((a, b) => Math.max(a, b), 0)).toBe(255);
  });

  test('names are text, and a failure leaves nothing', async () => {
    const file = join(folder, 'a <b>&"c".png');
    await writeFile(file, await encodeImage(photo(9, 9)));
    expect(await sheet({ files: [file], policies: [randomHorizontalFlip()] })).toContain('>a &lt;b>&amp;&quot;c&quot;.png<');
    await rm(join(folder, 'sheet.svg'));
    await writeFile(join(folder, 'cut.png'), (await encodeImage(photo(9, 9))).subarray(0, 60));
    for (const out of ['sheet.png', 'sheet.html']) {
      await expect(preview({ files: [file, join(folder, 'cut.png')], policies: [randomHorizontalFlip()], draws: 1, seed: 0, size: 160, out: join(folder, out) })).rejects.toThrow('cut.png is no image that can be read, or a truncated');
      await expect(preview({ files: [file], policies: [randomHorizontalFlip()], draws: 1, seed: 0, size: 160, out: join(folder, 'no', out) })).rejects.toThrow(/no.sheet\.\w+: could not be written/);
    }
    expect((await readdir(folder)).sort()).toEqual(['a <b>&"c".png', 'cut.png']);
  });
});

describe('captions', () => {
  const size = { channels: 3, height: 64, width: 64 };
  const transforms = [
    { name: 'RandomCrop', padding: 4 }, { name: 'RandomResizedCrop', size: 32 }, { name: 'RandomHorizontalFlip' }, { name: 'RandomRotation', degrees: 20 }, { name: 'RandomAffine', degrees: 10, translate: [0.1, 0.1] },
    { name: 'RandomPerspective' }, { name: 'ElasticTransform' }, { name: 'RandomZoomOut' }, { name: 'ColorJitter', brightness: 0.3, hue: 0.1 }, { name: 'GaussianBlur', kernelSize: 3 }, { name: 'Grayscale' },
    { name: 'RandomPhotometricDistort' }, { name: 'RandomChannelPermutation' }, { name: 'RandomErasing', value: 'random' }, { name: 'Cutout', size: 8, holes: 2 }, { name: 'GridMask', unitSize: [8, 16] },
    { name: 'AugMix' }, { name: 'AutoAugment' }, { name: 'RandAugment' }, { name: 'TrivialAugmentWide' },
  ];

  test.each(transforms.map((json) => [json.name, json] as const))('%s', (_, json) => {
    const transform = parseTransform(json);
    const drawn = drawFor(transform, random.key(1), 40, size);
    const captions = drawn.map((params) => captionOf(transform.toJSON(), params));
    // What differs is told apart, but for fields and corners.
    const told = new Set(captions.map((lines) => lines.join('\n')));
    expect(told.size).toBeGreaterThan(['RandomHorizontalFlip', 'RandomPerspective', 'RandomChannelPermutation'].includes(json.name) ? 1 : ['ElasticTransform', 'Grayscale'].includes(json.name) ? 0 : 10);
    for (const line of captions.flat()) {
      expect(line).not.toMatch(/undefined|NaN|null|\[object|Random|noise|seed/);
      expect(line.length).toBeLessThan(90);
    }
  });

  test('of combinators are those of what they apply', () => {
    const flip = { name: 'RandomHorizontalFlip' };
    const crop = { name: 'RandomCrop', padding: 2 };
    const of = (name: string, params: never): string[] => captionOf({ name, transforms: [flip, crop] }, params);
    const place = { top: 1, left: -2 };
    expect(of('Compose', [true, place] as never)).toEqual(['HorizontalFlip', 'Crop top 1, left -2']);
    expect(of('Compose', [false, place] as never)).toEqual(['Crop top 1, left -2']);
    expect(of('RandomApply', null as never)).toEqual([]);
    expect(of('RandomChoice', [1, place] as never)).toEqual(['Crop top 1, left -2']);
    expect(of('RandomOrder', { order: [1, 0], params: [true, place] } as never)).toEqual(['Crop top 1, left -2', 'HorizontalFlip']);
    expect(captionOf({ name: 'TrivialAugmentWide' }, [['Rotate', -9.12345]])).toEqual(['Rotate -9.12']);
    expect(captionOf({ name: 'Grayscale' }, null)).toEqual(['Grayscale']);
  });

  test('are broken where they are too long', () => {
    expect(wrap('one two three', 70, 10)).toEqual(['one two', 'three']);
    expect(wrap('seventeenletters ', 60, 10)).toEqual(['sevent', 'eenlet', 'ters']);
    expect(wrap('', 60, 10)).toEqual([]);
  });
});

describe('--policy', () => {
  const read = (text: string): Promise<string[]> => policiesOf('test', text).then((all) => all.map(String));

  test('names, files and JSON', async () => {
    const file = join(folder, 'mine.json');
    await writeFile(file, '[{"name": "RandomCrop", "padding": 4}, {"name": "RandomHorizontalFlip"}]');
    const crop = 'RandomCrop(padding=4, padIfNeeded=false, paddingMode="constant", fill=0, maskFill=0)';
    const mine = `Compose(transforms=[${crop}, RandomHorizontalFlip(p=0.5)])`;
    expect(await read(`randomVerticalFlip, ${file}`)).toEqual(['RandomVerticalFlip(p=0.5)', mine]);
    expect(await read(await readFile(file, 'utf8'))).toEqual([mine]);
    expect(await read('{"name": "RandomCrop", "padding": 4}')).toEqual([crop]);
  });

  test('what is none is said', async () => {
    await expect(read('Blurr')).rejects.toThrow('test: `--policy`: parseTransform: unknown transform "Blurr". Known: ');
    await expect(read('GaussianBlur')).rejects.toThrow('kernelSize');
    await expect(read('[{]')).rejects.toThrow('test: --policy: not JSON');
    await expect(read('RandAugment,')).rejects.toThrow('test: --policy must be a name, a .json file or JSON');
    await expect(read(join(folder, 'none.json'))).rejects.toThrow('none.json could not be read (ENOENT');
    await writeFile(join(folder, 'bad.json'), '{"name": "RandomCrop", "paddin": 4}');
    await expect(read(join(folder, 'bad.json'))).rejects.toThrow(/bad\.json`: parseTransform: RandomCrop: unknown option `paddin`/);
  });
});
