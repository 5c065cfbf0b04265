/** Weight tying: one parameter in several places. */
import { fail, nn, show } from '@parsimony/core';

/**
 * From now on the parameters at these paths are one: the first of them in the model's order, whose path it keeps. Its gradient is the sum over
 * all its places, and it is there once: counted, decayed, clipped, averaged and saved. A state dict may name any of the places, or all, as
 * PyTorch's do: then what stands under the last of them in the model's order counts, as there. Call it before the fit. Returns the path that stays.
 *
 * @param model - To be changed; before or after `init`.
 * @param paths - Two or more paths of parameters of one shape: `['embed.weight', 'head.weight']`.
 * @throws option: fewer than two paths, one twice, one that is no parameter, tied already, or parametrized. shape: different shapes.
 * @see Press and Wolf, "Using the Output Embedding to Improve Language Models", arXiv:1608.05859; Inan et al., arXiv:1611.01462.
 * @example
 * ```ts
 * import { nn, random, ready } from '@parsimony/core';
 * import { tieWeights } from '@parsimony/weight-decay';
 * await ready();
 * const model = new nn.Sequential(new nn.Embedding(50, 8), new nn.Linear(8, 8), new nn.Linear(8, 50));
 * tieWeights(model, ['2.weight', '0.weight']);             // => '0.weight'
 * Object.keys(model.init(random.key(0)).stateDict());      // => ['0.weight', '1.weight', '1.bias', '2.bias']
 * ```
 */
export function tieWeights(model: nn.Module<never, unknown>, paths: readonly string[]): string {
  if (!nn.isModule(model)) fail('option', `tieWeights: \`model\` must be a module, received ${show(model)}.`);
  if (!Array.isArray(paths) || new Set(paths).size !== paths.length || paths.length < 2) fail('option', `tieWeights: \`paths\` must be two or more different paths of parameters, received ${show(paths)}.`);
  const all = Object.keys(model.parameterShapes());
  const wrong = paths.find((path) => !all.includes(path));
  if (wrong !== undefined) fail('option', `tieWeights: ${show(wrong)} is no parameter of the model, which has: ${all.join(', ') || 'none'}.`);
  const [first = '', ...rest] = all.filter((path) => paths.includes(path));
  for (const path of rest) nn.tie(model, path, first);
  return first;
}
