/** Puts the parts of a fit together. */
import { fail } from '../../errors';
import { foldIn } from '../../random/key';
import { keep, scope } from '../../tensor/scope';
import type { ParamGroup } from '../contract';
import { contextsOf } from './contexts';
import { stepGradients } from './gradients';
import { Hooks } from './hooks';
import { checkGroups, RateTable } from './rates';
import { type PluginRuntime, Run, type RunSettings } from './run';
import { WeightStore } from './weight-store';

export interface Assembled { readonly run: Run; readonly hooks: Hooks }

/** A run with its plugins, which have no state yet. */
export function assemble(settings: RunSettings): Assembled {
  const run = new Run(settings, new WeightStore(settings.model));
  const machinery = {
    gradsAt: (params: Parameters<typeof stepGradients>[2]['params'], freezeBuffers: boolean) => stepGradients(run, hooks, { params, freezeBuffers }).grads,
  };
  run.plugins = settings.plan.plugins.map(({ key, plugin }): PluginRuntime => {
    const own = { key, plugin, rng: foldIn(settings.key, `plugin/${key}`), state: { tensors: {}, json: null } };
    return Object.assign(own, { contexts: contextsOf(run, own as unknown as PluginRuntime, machinery) });
  });
  const hooks = new Hooks(settings.plan, run.plugins);
  return { run, hooks };
}

/** collectParamGroups. */
export function collectRates({ run, hooks }: Assembled): void {
  const groups = scope(() => hooks.collect<ParamGroup>('collectParamGroups', (own) => own.contexts.fit));
  const owners = run.plugins.filter(({ plugin }) => plugin.claims.writes?.['params.decay'] !== undefined);
  const silent = owners.filter((own) => !groups.some((g) => g.own === own));
  run.rateTable = new RateTable(run.settings.optimizer, [
    ...silent.map(({ key }) => ({ plugin: key, groups: [], ownsDecay: true })),
    ...groups.map(({ own, values }) => {
      try {
        return { plugin: own.key, groups: checkGroups(values), ownsDecay: owners.includes(own) };
      } catch (error) {
        return fail('plugin', `${own.key}, in collectParamGroups: ${error instanceof Error ? error.message : String(error)}`, { plugin: own.key, hook: 'collectParamGroups', cause: error });
      }
    }),
  ]);
}

/** Fresh states of plugins and optimizer. */
export function initStates(run: Run): void {
  run.optimizerState = keep(run.settings.optimizer.init(run.store.weights.params));
  for (const own of run.plugins) run.initState(own);
}
