/** Images by sharp, which is installed by whoever wants them: it is native, and nothing else here is. */
import { fail, nodeModule } from '@parsimony/core';
import type sharpModule from 'sharp';
import type { Codec } from './codec';

type Sharp = typeof sharpModule;

// By a computed name, so that bundlers for browsers do not look for it.
const packageName = ['sha', 'rp'].join('');

/**
 * sharp as this package finds it, or as the program in the current folder does.
 *
 * @throws file: it is not installed, or it does not load.
 */
export async function loadSharp(where: string): Promise<Sharp> {
  try {
    return ((await import(/* @vite-ignore */ packageName)) as { readonly default: Sharp }).default;
  } catch (error) {
    if (!isMissing(error)) return fail('file', `${where}: sharp is installed but does not load (${(error as Error).message.trim()}).`, { cause: error });
  }
  try {
    const [{ createRequire }, { join }] = await Promise.all([nodeModule<typeof import('node:module')>('node:module'), nodeModule<typeof import('node:path')>('node:path')]);
    return createRequire(join(process.cwd(), 'package.json'))(packageName) as Sharp;
  } catch (error) {
    return fail('file', isMissing(error)
      ? `${where}: image files are read and written by the npm package sharp, which is not installed. Run \`npm install sharp\`.`
      : `${where}: sharp is installed but does not load (${(error as Error).message.trim()}).`, { cause: error });
  }
}

const isMissing = (error: unknown): boolean => {
  const { code, message = '' } = error as { readonly code?: string; readonly message?: string };
  return (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && /(package|module) '?sharp'?/.test(message);
};

export const sharpCodec = (sharp: Sharp): Codec => ({
  async decode(bytes) {
    // sRGB: other colours, CMYK and 16 bits among them, are converted. Only the first of several pages is read.
    const { data, info } = await sharp(bytes, { failOn: 'warning' }).autoOrient().flatten({ background: '#fff' }).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`${info.channels} channels`);
    return { data, height: info.height, width: info.width, stride: 3 };
  },
  async encode({ data, height, width }, type, quality) {
    const image = sharp(data, { raw: { width, height, channels: 4 } }).removeAlpha();
    return type === 'png' ? image.png().toBuffer() : image.jpeg({ quality }).toBuffer();
  },
});
