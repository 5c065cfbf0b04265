/** Where the norm of a residual block stands: before the body or behind the sum. */
import { fail, nn, show } from '@parsimony/core';

/**
 * x + body(norm(x)): the path around stays free of norms, and deep transformers train without a warm-up. Paths in the state:
 * `body.0` is the norm, `body.1` the body.
 *
 * @throws option: something that is not a module.
 * @see Xiong et al., "On layer normalization in the transformer architecture", arXiv:2002.04745.
 * @example
 * ```ts
 * import { nn, random, ready, zeros } from '@parsimony/core';
 * import { LayerNorm, preNorm } from '@parsimony/norms';
 * await ready();
 * const block = preNorm(new LayerNorm(4), new nn.Linear(4, 4)).init(random.key(0));
 * block.forward(zeros([2, 4])).shape; // => [2, 4]
 * Object.keys(block.stateDict()); // => ['body.0.weight', 'body.0.bias', 'body.1.weight', 'body.1.bias']
 * ```
 */
export function preNorm(norm: nn.Module, body: nn.Module): nn.Residual {
  checkModules('preNorm', norm, body);
  return new nn.Residual(new nn.Sequential(norm, body));
}

/**
 * norm(x + body(x)): the first transformer's order. Paths in the state: `0.body` is the body, `1` the norm.
 *
 * @throws option: something that is not a module.
 * @see Vaswani et al., "Attention is all you need", arXiv:1706.03762.
 * @example
 * ```ts
 * import { nn, random, ready, zeros } from '@parsimony/core';
 * import { LayerNorm, postNorm } from '@parsimony/norms';
 * await ready();
 * const block = postNorm(new LayerNorm(4), new nn.Linear(4, 4)).init(random.key(0));
 * block.forward(zeros([2, 4])).shape; // => [2, 4]
 * Object.keys(block.stateDict()); // => ['0.body.weight', '0.body.bias', '1.weight', '1.bias']
 * ```
 */
export function postNorm(norm: nn.Module, body: nn.Module): nn.Sequential {
  checkModules('postNorm', norm, body);
  return new nn.Sequential(new nn.Residual(body), norm);
}

function checkModules(where: string, norm: unknown, body: unknown): void {
  for (const [name, module] of [['norm', norm], ['body', body]] as const) {
    if (!nn.isModule(module)) fail('option', `${where}: \`${name}\` must be a module, received ${show(module)}.`);
  }
}
