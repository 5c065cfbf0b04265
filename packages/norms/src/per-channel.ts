/** What the norms of [N, C, ...] share. */
import { checkNumber, fail, isTensor, ops, show, showShape, type Tensor } from '@parsimony/core';

/** @internal x w + b with w and b [C] along axis 1. */
export function affinePerChannel(x: Tensor, weight: Tensor | undefined, bias: Tensor | undefined): Tensor {
  const spread = (v: Tensor): Tensor => ops.reshape(v, [v.size, ...new Array<number>(x.rank - 2).fill(1)]);
  const scaled = weight ? ops.mul(x, spread(weight)) : x;
  return bias ? ops.add(scaled, spread(bias)) : scaled;
}

/** @internal Refuses what is not a float32 tensor. */
export function checkInput(where: string, x: unknown, name = 'x'): Tensor {
  if (!isTensor(x)) fail('dtype', `${where}: \`${name}\` must be a tensor, received ${show(x)}.`);
  if (x.dtype !== 'float32') fail('dtype', `${where}: \`${name}\` must be float32, received ${x.dtype}.`);
  return x;
}

/** @internal The number of channels of x [N, C, ...], with weight and bias, where given, [C]. */
export function checkChannels(where: string, x: Tensor, others: Readonly<Record<string, Tensor | undefined>>): number {
  checkInput(where, x);
  if (x.rank < 2) fail('shape', `${where}: \`x\` must be [N, C, ...], received ${showShape(x.shape)}.`);
  const channels = x.shape[1] ?? 0;
  for (const [name, given] of Object.entries(others)) {
    if (given === undefined) continue;
    checkInput(where, given, name);
    if (given.rank !== 1 || given.size !== channels) fail('shape', `${where}: \`${name}\` must be [${channels}], one number a channel of ${showShape(x.shape)}, received ${showShape(given.shape)}.`);
  }
  return channels;
}

/** @internal */
export const checkEps = (where: string, eps: unknown): number => checkNumber(where, 'eps', eps, { min: 0, minExclusive: true });

/** @internal For messages of modules: class and path. */
export const labelOf = (module: { readonly path: string; readonly constructor: { readonly name: string } }): string =>
  `${module.constructor.name}${module.path === '' ? '' : ` at \`${module.path}\``}`;
