/** The plugins of a configuration: made by a program, or by name with their options, as JSON can hold them. */
import { type AnyPlugin, fail, ParsimonyError, show } from '@parsimony/core';
import { mixup, type MixupOptions, randomCrop, type RandomCropOptions } from '@parsimony/augment';
import { earlyStopping, type EarlyStoppingOptions } from '@parsimony/early-stopping';
import { ema, type EmaOptions } from '@parsimony/ema';
import { clipByGlobalNorm, type ClipByGlobalNormOptions, clipByValue, type ClipByValueOptions } from '@parsimony/gradients';
import { labelSmoothing, type LabelSmoothingOptions } from '@parsimony/label-smoothing';
import { l1, type L1Options, l2, type L2Options, maxNorm, type MaxNormOptions, weightDecay, type WeightDecayOptions } from '@parsimony/weight-decay';
import type { Layout } from './layout';
import { within } from './within';

interface OptionsOf {
  readonly weightDecay: WeightDecayOptions;
  readonly l1: L1Options;
  readonly l2: L2Options;
  readonly maxNorm: MaxNormOptions;
  readonly clipByGlobalNorm: ClipByGlobalNormOptions;
  readonly clipByValue: ClipByValueOptions;
  readonly labelSmoothing: LabelSmoothingOptions;
  readonly randomCrop: RandomCropOptions;
  readonly mixup: MixupOptions;
  readonly ema: EmaOptions;
  readonly earlyStopping: EarlyStoppingOptions;
}
type PluginByName = { [N in keyof OptionsOf]: { readonly name: N } & OptionsOf[N] }[keyof OptionsOf];
/** `{ name: 'mixup', alpha: 0.2 }`, or what a plugin's factory returns. */
export type PluginConfig = PluginByName | AnyPlugin;

const factories: { readonly [N in keyof OptionsOf]: (options: OptionsOf[N]) => AnyPlugin } = {
  weightDecay, l1, l2, maxNorm, clipByGlobalNorm, clipByValue, labelSmoothing, randomCrop, mixup, ema, earlyStopping,
};
const brand = Symbol.for('parsimony.plugin');
const isPlugin = (value: PluginConfig): value is AnyPlugin => brand in value;

/** What a recipe may take from the rest of the configuration, where a plugin by name does not say it. */
export interface PluginContext { readonly layout: Layout; readonly patience: number }

/** Plugins for one run. Those by name are made anew. */
export function makePlugins(configs: readonly PluginConfig[], { layout, patience }: PluginContext): readonly AnyPlugin[] {
  return configs.map((config) => {
    if (isPlugin(config)) return config;
    const { name, ...options } = config;
    const given = {
      ...(name === 'earlyStopping' ? { patience } : {}),
      ...(name === 'randomCrop' && layout === 'flat' ? { shape: [28, 28] } : {}),
      ...options,
    };
    return (factories[name] as (options: object) => AnyPlugin)(given);
  });
}

export function checkPlugins(where: string, value: unknown): readonly PluginConfig[] {
  if (!Array.isArray(value)) return fail('config', `${where}: \`plugins\` must be a list of plugins or of { name, …options }, received ${show(value)}.`);
  value.forEach((item: unknown, i) => {
    const key = `plugins[${i}]`;
    if (item === null || typeof item !== 'object' || Array.isArray(item)) {
      fail('config', `${where}: \`${key}\` must be a plugin or an object with a \`name\`, received ${show(item)}.${typeof item === 'function' ? ' Call the factory: `ema()`.' : ''}`);
    }
    if (isPlugin(item as PluginConfig)) return;
    const { name } = item as { readonly name?: unknown };
    if (typeof name !== 'string' || !Object.hasOwn(factories, name)) {
      fail('config', `${where}: \`${key}.name\` must be one of ${Object.keys(factories).map((n) => `'${n}'`).join(', ')}, received ${show(name)}. Other plugins are given as themselves, in a parsimony.config.ts.`);
    }
    try {
      within(where, key, () => makePlugins([item as PluginConfig], { layout: 'image', patience: 1 }));
    } catch (error) {
      if (error instanceof ParsimonyError) throw error;
      fail('config', `${where}: \`${key}\`: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  });
  return value as readonly PluginConfig[];
}
