/** The plugin with its transform as JSON: apart from it, since this brings every transform there is into a program. */
import { type AnyPlugin, checkOptions } from '@parsimony/core';
import { isTransformJson } from '../transform/define';
import { parseTransform } from '../transform/json';
import type { Transform, TransformJson } from '../transform/transform';
import { augment, type AugmentOptions } from './augment-plugin';

export interface AugmentFromJsonOptions extends Omit<AugmentOptions, 'transform'> {
  /** As `parseTransform` reads it; one that is made already is taken as it is. */
  readonly transform: Transform | TransformJson;
}

/**
 * `augment` from a configuration or a checkpoint's record of it.
 *
 * @throws option: what `parseTransform` and `augment` refuse.
 * @example
 * ```ts
 * import { augmentFromJson } from '@parsimony/augment';
 * const plugin = augmentFromJson({ transform: { name: 'Compose', transforms: [{ name: 'RandomCrop', padding: 4 }, { name: 'RandomHorizontalFlip' }] } });
 * plugin.name; // => '@parsimony/augment/augment'
 * augmentFromJson({ transform: { name: 'Flop' } }); // throws parseTransform: unknown transform "Flop".
 * ```
 */
export function augmentFromJson(options: AugmentFromJsonOptions): AnyPlugin {
  checkOptions('augment', options, ['transform', 'shape', 'input', 'instance']);
  const { transform } = options;
  const made = typeof (transform as Partial<Transform> | undefined)?.apply === 'function' ? transform as Transform : undefined;
  return augment({ ...options, transform: made ?? (isTransformJson(transform) ? parseTransform(transform) : transform as never) });
}
