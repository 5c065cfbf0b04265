/** The optimizer of a configuration: its name beside its options, as JSON can hold them. */
import { checkChoice, fail, optim, type Schedule, show } from '@parsimony/core';
import { withSchedules } from './schedule';
import { within } from './within';

const optimizerNames = ['adam', 'adamw', 'sgd', 'rmsprop', 'adagrad', 'lion', 'muon'] as const;

/** The learning rate is a key of the configuration, since a schedule multiplies it. */
type Named<Name extends string, O> = { readonly name: Name } & Omit<O, 'lr'>;
export type OptimizerConfig =
  | Named<'adam', optim.AdamOptions> | Named<'adamw', optim.AdamOptions> | Named<'sgd', optim.SgdOptions>
  | Named<'rmsprop', optim.RmspropOptions> | Named<'adagrad', optim.AdagradOptions>
  | Named<'lion', optim.LionOptions> | Named<'muon', optim.MuonOptions>;

/** A fresh optimizer. */
export function makeOptimizer(config: OptimizerConfig, lr: Schedule): optim.Optimizer {
  const { name, ...options } = config;
  return optim[name]({ ...withSchedules(options), lr });
}

export function checkOptimizer(where: string, value: unknown): OptimizerConfig {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return fail('config', `${where}: \`optimizer\` must be an object with a \`name\`, such as { name: 'adam' }, received ${show(value)}.`);
  }
  if ('lr' in value) fail('config', `${where}: \`optimizer.lr\` is not known. Give \`lr\` beside \`optimizer\`; \`schedule\` multiplies it.`);
  checkChoice(where, 'optimizer.name', (value as { readonly name?: unknown }).name, optimizerNames);
  within(where, 'optimizer', () => makeOptimizer(value as OptimizerConfig, 1));
  return value as OptimizerConfig;
}
