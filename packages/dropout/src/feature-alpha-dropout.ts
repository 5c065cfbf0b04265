/** FeatureAlphaDropout: alpha dropout of whole channels. */
import { checkOptions, type ForwardContext, type Tensor } from '@parsimony/core';
import { alphaForm, type AlphaDropoutCall, type AlphaDropoutOptions } from './alpha-dropout';
import { DropLayer } from './drop-layer';
import { checkRate, dropUnits, expectRank, unitShape } from './mask';

/**
 * y_nc = a (x_nc m_nc + a' (1 - m_nc)) + b, with one m_nc a sample and channel and a, a', b of `alphaDropout`. p = 1 gives zeros.
 *
 * @param x - [N, C, ...], float32.
 * @throws option: `p` outside [0, 1], an unknown option, or no key. shape: x of less than two axes.
 * @see Klambauer et al., arXiv:1706.02515; by channel as in Tompson et al., arXiv:1411.4280.
 * @example
 * ```ts
 * import { random, ready, zeros } from '@parsimony/core';
 * import { featureAlphaDropout } from '@parsimony/dropout';
 * await ready();
 * const y = await featureAlphaDropout(zeros([8, 4, 2]), { p: 0.5, key: random.key(1) }).array() as number[][][];
 * y.flat().every(([a, b]) => a === b); // => true
 * ```
 */
export function featureAlphaDropout(x: Tensor, options: AlphaDropoutCall): Tensor {
  checkOptions('featureAlphaDropout', options, ['p', 'key']);
  const p = checkRate('featureAlphaDropout', options.p);
  expectRank('featureAlphaDropout', x, [2, 3, 4, 5, 6], '[N, C, ...]');
  return p === 0 ? x : alphaForm(x, p, (v) => dropUnits(v, unitShape(x, 0, 1), { p, key: options.key, scaling: 'inference' }));
}

/**
 * Alpha dropout of whole channels of [N, C, ...] in training; the identity in evaluation.
 *
 * @throws option: `p` outside [0, 1], or an unknown option. shape, in training: less than two axes.
 * @see `featureAlphaDropout`
 * @example
 * ```ts
 * import { ones, ready } from '@parsimony/core';
 * import { FeatureAlphaDropout } from '@parsimony/dropout';
 * await ready();
 * await new FeatureAlphaDropout({ p: 0.2 }).forward(ones([1, 1, 2])).array(); // => [[[1, 1]]]
 * ```
 */
export class FeatureAlphaDropout extends DropLayer {
  constructor(options: AlphaDropoutOptions = {}) {
    checkOptions('FeatureAlphaDropout', options, ['p']);
    const { p = 0.5 } = options;
    super('FeatureAlphaDropout', p, { unit: 'channel' });
  }

  protected drop(x: Tensor, p: number, ctx: ForwardContext): Tensor { return featureAlphaDropout(x, { p, key: ctx.key() }); }
}
