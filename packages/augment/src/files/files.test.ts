/** Image files against PIL, which wrote and read those of tooling/reference; what no decoder may accept; and files on disk. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pixels } from '../image/pixels';
import fixture from '../../fixtures/image-files.json';
import { fromBase64, furthest, photograph } from './check';
import { encodeImage } from './encode-image';
import { readImage } from './read-image';
import { writeImage } from './write-image';

let folder = '';
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'parsimony-files-')); });
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('as PIL reads them', () => {
  test.each(fixture.cases.map((c) => [c.name, c] as const))('%s', async (_, c) => {
    const image = await readImage(fromBase64(c.file));
    expect([image.channels, image.height, image.width]).toEqual(c.pixels.shape);
    // Decoders of JPEG round differently, and so does what mixes with white.
    expect(furthest(image.data, fromBase64(c.pixels.bytes))).toBeLessThanOrEqual(c.lossy ? 2 : 0);
    if (c.grey) expect((await readImage(fromBase64(c.file), { channels: 1 })).data).toEqual(fromBase64(c.grey.bytes));
  });

  test('CMYK becomes RGB', async () => {
    const file = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#c83214' } }).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(file).metadata()).space).toBe('cmyk');
    const { data, channels } = await readImage(file);
    expect(channels).toBe(3);
    // The inks of a profile have not just the colours of a screen.
    for (const [c, value] of [200, 50, 20].entries()) expect(Math.abs((data[64 * c + 9] ?? -99) - value)).toBeLessThan(30);
  });

  test('16 bits become 8', async () => {
    const deep = Uint16Array.of(0, 257, 30_000, 65_535, 4000, 60_000);
    const file = await sharp(deep, { raw: { width: 2, height: 1, channels: 3 } }).toColourspace('rgb16').png().toBuffer();
    expect((await sharp(file).metadata()).depth).toBe('ushort');
    const { data } = await readImage(file);
    expect(furthest(data, Uint8Array.from([0, 3, 1, 4, 2, 5], (i) => (deep[i] ?? 0) >> 8))).toBeLessThanOrEqual(1);
  });
});

describe('truncated and damaged', () => {
  test.each(['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'] as const)('%s', async (kind) => {
    const file = await sharp(photograph(48, 40), { raw: { width: 48, height: 40, channels: 3 } })[kind]().toBuffer();
    const place = join(folder, `cut.${kind}`);
    for (const share of [0, 0.02, 0.5, 0.9]) {
      await writeFile(place, file.subarray(0, Math.floor(share * file.length)));
      const error = await readImage(place).then(() => undefined, (e: Error) => e);
      expect(error?.message, `${share} of the file`).toMatch(/cut\.\w+ is no image that can be read, or a truncated or damaged one \(.+\)\.$/);
    }
  });

  test('what is no image', async () => {
    await expect(readImage(new TextEncoder().encode('an image'))).rejects.toThrow('readImage: the bytes are no image that can be read');
    await expect(readImage(new Blob(['an image']))).rejects.toThrow('readImage: the Blob is no image');
    await expect(readImage(new File(['an image'], 'cat.png'))).rejects.toThrow('cat.png is no image');
    await expect(readImage(folder)).rejects.toThrow(`${folder}: could not be read (EISDIR`);
    await expect(readImage(join(folder, 'none.png'))).rejects.toThrow('none.png: could not be read (ENOENT');
    await expect(readImage('http://127.0.0.1:9/cat.png')).rejects.toThrow('http://127.0.0.1:9/cat.png: could not be fetched');
    await expect(readImage('')).rejects.toThrow('readImage: expected a path, a URL, a Blob or the bytes of a file, received "".');
    await expect(readImage('a.png', { channels: 4 as never })).rejects.toThrow('readImage: `channels` must be 1 or 3, received 4.');
    await expect(readImage('a.png', { size: 3 } as never)).rejects.toThrow('readImage');
  });
});

describe('written', () => {
  const image = pixels(Uint8Array.from({ length: 3 * 5 * 4 }, (_, i) => (i * 37) % 256), { channels: 3, height: 5, width: 4 });

  test('a PNG keeps every pixel, from bytes, floats and greys', async () => {
    const path = join(folder, 'kept.png');
    for (const source of [path, pathToFileURL(path), pathToFileURL(path).href]) {
      await writeImage(path, image);
      expect(await readImage(source)).toEqual(image);
    }
    expect(await readImage(new Blob([await readFile(path)]))).toEqual(image);
    const dataUri = `data:image/png;base64,${(await readFile(path)).toString('base64')}`;
    expect(await readImage(dataUri)).toEqual(image);
    const floats = pixels(Float32Array.from(image.data, (v) => v / 255), { channels: 3, height: 5, width: 4 });
    expect(await readImage(await encodeImage(floats))).toEqual(image);
    const grey = pixels(Float32Array.of(-1, 0.5, 0.2, 7), { channels: 1, height: 2, width: 2 });
    expect((await readImage(await encodeImage(grey), { channels: 1 })).data).toEqual(Uint8Array.of(0, 128, 51, 255));
  });

  test('a JPEG of a higher quality is nearer', async () => {
    const photo = pixels(photograph(48, 40), { channels: 3, height: 40, width: 48 });
    const [low, high] = [await encodeImage(photo, { type: 'jpeg', quality: 20 }), await encodeImage(photo, { type: 'jpeg', quality: 100 })];
    expect(low.length).toBeLessThan(high.length);
    for (const name of ['a.jpg', 'b.JPEG']) {
      await writeImage(join(folder, name), photo);
      expect((await readFile(join(folder, name))).subarray(0, 2)).toEqual(Buffer.of(0xff, 0xd8));
    }
  });

  test('nothing half-written stays', async () => {
    const taken = join(folder, 'taken.png');
    await mkdir(taken);
    await expect(writeImage(taken, image)).rejects.toThrow('taken.png: could not be written');
    expect((await readdir(folder)).filter((name) => name.endsWith('.unfinished'))).toEqual([]);
    const kept = join(folder, 'old.png');
    await writeImage(kept, image);
    await expect(writeImage(kept, { ...image, channels: 2, data: new Uint8Array(40) })).rejects.toThrow('encodeImage: images must have 1 or 3 channels, received 2.');
    await expect(writeImage(kept, { ...image, data: new Float32Array(60).fill(Number.NaN) })).rejects.toThrow('finite');
    expect(await readImage(kept)).toEqual(image);
  });

  test('endings and options', async () => {
    for (const path of ['image', 'image.gif', '.png', 3 as never]) await expect(writeImage(path, image)).rejects.toThrow('writeImage: expected a path that ends in .png, .jpg or .jpeg');
    await expect(encodeImage(image, { quality: 0 })).rejects.toThrow('encodeImage: `quality` must be');
  });
});

describe('without sharp, in a process of its own', () => {
  /** What reading a file says there. pnpm's NODE_PATH would find sharp all the same. */
  async function said(away: string): Promise<string> {
    const program = join(away, 'program.mjs');
    await build({
      stdin: { contents: "import { readImage } from './read-image'; await readImage(Uint8Array.of(1)).catch((e) => console.log(e.message));", resolveDir: import.meta.dirname },
      bundle: true, platform: 'node', format: 'esm', outfile: program, logLevel: 'silent',
      alias: { '@parsimony/core': join(import.meta.dirname, '../../../core/src/index.ts') },
    });
    return (await promisify(execFile)(process.execPath, [program], { cwd: away, env: { ...process.env, NODE_PATH: '' } })).stdout.trim();
  }

  test('an error says how to get it, and why one does not load', async () => {
    const away = await mkdtemp(join(tmpdir(), 'parsimony-no-sharp-'));
    try {
      expect(await said(away)).toBe('readImage: image files are read and written by the npm package sharp, which is not installed. Run `npm install sharp`.');
      await mkdir(join(away, 'node_modules/sharp'), { recursive: true });
      await writeFile(join(away, 'node_modules/sharp/index.js'), "throw new Error('no binary for this machine');");
      expect(await said(away)).toBe('readImage: sharp is installed but does not load (no binary for this machine).');
    } finally {
      await rm(away, { recursive: true, force: true });
    }
  }, 60_000);
});
