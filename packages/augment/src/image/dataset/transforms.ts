/** What a data set's images go through, and where threads have it from. */
import { checkOptions, fail, show } from '@parsimony/core';
import { checkTransform } from '../../transform/nested';
import type { Transform } from '../../transform/transform';

export interface ImageTransforms {
  /** What happens to each training image, drawn for the sample, the run and the step. */
  readonly transform?: Transform;
  /** What happens to images in evaluation, such as `centerCrop`; a random one draws the same every time. */
  readonly evalTransform?: Transform;
}

/** A module whose default export, called with `args`, returns `{ transform, evalTransform }`. */
export interface ImageTransformFactory {
  /** Its address: `import.meta.url`, or `new URL('./transforms.js', import.meta.url)`. */
  readonly module: string | URL;
  /** Plain data. Default none. */
  readonly args?: readonly unknown[];
}

interface Chosen { readonly transform: Transform | undefined; readonly evalTransform: Transform | undefined }

/** Refuses what are no transforms. */
export function chosenTransforms(where: string, given: unknown): Chosen {
  checkOptions(where, given as object, ['transform', 'evalTransform']);
  const { transform, evalTransform } = given as ImageTransforms;
  return {
    transform: transform === undefined ? undefined : checkTransform(where, 'transform', transform),
    evalTransform: evalTransform === undefined ? undefined : checkTransform(where, 'evalTransform', evalTransform),
  };
}

/** With the address as text. */
export function checkTransformFactory(where: string, factory: ImageTransformFactory | string | URL): { readonly module: string; readonly args: readonly unknown[] } {
  const { module, args = [] } = typeof factory === 'string' || factory instanceof URL ? { module: factory } : factory;
  if (typeof factory === 'object' && !(factory instanceof URL)) checkOptions(`${where}: factory`, factory, ['module', 'args']);
  const url = String(module);
  if (!URL.canParse(url)) fail('option', `${where}: \`factory\` must be the address of a module, such as \`import.meta.url\`, received ${show(module)}. From a path: \`pathToFileURL(path)\`.`);
  if (!Array.isArray(args)) fail('option', `${where}: \`factory.args\` must be a list, received ${show(args)}.`);
  return { module: url, args };
}
