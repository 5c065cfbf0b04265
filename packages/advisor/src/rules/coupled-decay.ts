/** Decay that goes through the gradient of an adaptive optimizer: decoupled. */
import { type Advice, type Rule } from '../advice';
import { addPlugin, both, setKey, setPlugin } from '../change';
import { entryOf, numberIn, optimizerOf } from '../configuration';

const source = 'Loshchilov, Hutter, Decoupled Weight Decay Regularization, arXiv:1711.05101.';
const adaptive = ['adam', 'rmsprop', 'adagrad'];

export const coupledDecay: Rule = ({ configuration, plain }) => {
  const { name, weightDecay } = optimizerOf(configuration);
  if (!adaptive.includes(name)) return [];
  const decay = (message: string, figures: Advice['figures'], change: Advice['change']): Advice => ({ code: 'coupled-decay', verdict: 'coupled decay', severity: 'warning', message, figures, source, change });
  const weak = `\`${name}\` divides the gradient by its recent size, so that weights with large gradients hardly decay`;
  const out: Advice[] = [];
  const plugin = entryOf(configuration, 'weightDecay');
  // Beside the plugin the plan refuses it, in a run that has the plugin.
  if (weightDecay > 0 && (plain || plugin === undefined)) {
    const without = { summary: 'take `weightDecay` from the optimizer', patch: [{ op: 'remove', path: '/optimizer/weightDecay' }] } as const;
    out.push(decay(`The optimizer's \`weightDecay\` of ${weightDecay} goes through the gradient, and ${weak}. Decouple it.`, { weightDecay },
      name === 'adam' ? setKey('/optimizer/name', 'adamw') : both(plugin === undefined ? addPlugin('weightDecay', { decay: weightDecay }) : setKey('/runs', ['regularized']), without)));
  }
  const l2 = entryOf(configuration, 'l2');
  const lambda = l2 === undefined ? undefined : l2.options['lambda'] === undefined ? 1e-4 : numberIn(l2.options, 'lambda');
  if (!plain && l2 !== undefined && lambda !== undefined && lambda > 0 && plugin === undefined) {
    out.push(decay(`\`l2\` with lambda ${lambda} goes through the gradient, and ${weak}. Decouple it.`, { lambda }, setPlugin(l2, { decay: lambda }, 'weightDecay')));
  }
  return out;
};
