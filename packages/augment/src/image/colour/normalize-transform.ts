/** Normalization of every image. */
import { checkOptions, ops, tensor } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import type { Transform } from '../../transform/transform';
import { checkDeviation, normalized, perChannel } from './normalize';

export interface NormalizeOptions {
  /** One for all channels, or one each; of values from 0 to 1. */
  readonly mean: number | readonly number[];
  /** Likewise; none of them 0. */
  readonly std: number | readonly number[];
}

/**
 * (v - mean_c) / std_c of each channel c; of bytes, which are taken as v / 255, it makes floats. On devices too. It belongs last: other
 * transforms take values from 0 to 1.
 *
 * @throws option: an unknown option, values for another number of channels, or a deviation of 0.
 * @see torchvision's `Normalize`, which does not take bytes.
 * @example
 * ```ts
 * import { normalize } from '@parsimony/augment';
 * String(normalize({ mean: 0.5, std: 0.25 })); // => 'Normalize(mean=0.5, std=0.25)'
 * normalize({ mean: 0, std: 0 }); // throws Normalize: `std` must not be 0.
 * ```
 */
export function normalize(options: NormalizeOptions): Transform<null> {
  const where = 'Normalize';
  checkOptions(where, options, ['mean', 'std']);
  const { mean, std } = options;
  const valuesFor = (channels: number): [readonly number[], readonly number[]] =>
    [perChannel(where, 'mean', mean, channels), perChannel(where, 'std', std, channels).map((value) => checkDeviation(where, value))];
  valuesFor(Math.max(...[mean, std].map((value) => (Array.isArray(value) ? value.length : 1))));
  return defineTransform<null>({
    name: where,
    options: { mean, std },
    outputSize(size) {
      valuesFor(size.channels);
      return size;
    },
    apply: (scene, _, into) => ({ ...scene, image: normalized(scene.image, mean, std, into) }),
    applyToTensor(images) {
      const channels = images.shape[1] ?? 0;
      const [means, stds] = valuesFor(channels).map((values) => tensor(Float32Array.from(values), [1, channels, 1, 1]));
      return ops.div(ops.sub(images, means as never), stds as never);
    },
  });
}
