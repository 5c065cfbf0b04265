/** The plugins of a configuration: made by a program, or by name with their options, as JSON can hold them. */
import { type AnyPlugin, fail, ParsimonyError, show } from '@parsimony/core';
import { mixup, type MixupOptions, randomCrop, type RandomCropOptions } from '@parsimony/augment';
import { distillation, type DistillationOptions } from '@parsimony/distillation';
import { earlyStopping, type EarlyStoppingOptions, reduceOnPlateau, type ReduceOnPlateauOptions } from '@parsimony/early-stopping';
import { ema, type EmaOptions } from '@parsimony/ema';
import { clipByGlobalNorm, type ClipByGlobalNormOptions, clipByValue, type ClipByValueOptions } from '@parsimony/gradients';
import { labelSmoothing, type LabelSmoothingOptions } from '@parsimony/label-smoothing';
import {
  activityRegularization, type ActivityRegularizationOptions, confidencePenalty, type ConfidencePenaltyOptions, elasticNet, type ElasticNetOptions,
  gradientPenalty, type GradientPenaltyOptions, groupLasso, type GroupLassoOptions, jacobianPenalty, type JacobianPenaltyOptions, l1, type L1Options, l2, type L2Options,
  l2sp, type L2spOptions, maxNorm, type MaxNormOptions, minMaxNorm, type MinMaxNormOptions, mixout, type MixoutOptions, nonNegative, type NonNegativeOptions,
  orthogonalRegularization, type OrthogonalRegularizationOptions, unitNorm, type UnitNormOptions, weightDecay, type WeightDecayOptions,
} from '@parsimony/weight-decay';
import type { ModelChoice } from './models';
import { checkTeacher, loadTeacher, type TeacherConfig, type TeacherContext } from './teacher';
import { within } from './within';

interface OptionsOf {
  readonly weightDecay: WeightDecayOptions;
  readonly l1: L1Options;
  readonly l2: L2Options;
  readonly elasticNet: ElasticNetOptions;
  readonly l2sp: L2spOptions;
  readonly groupLasso: GroupLassoOptions;
  readonly maxNorm: MaxNormOptions;
  readonly minMaxNorm: MinMaxNormOptions;
  readonly unitNorm: UnitNormOptions;
  readonly nonNegative: NonNegativeOptions;
  readonly orthogonalRegularization: OrthogonalRegularizationOptions;
  readonly mixout: MixoutOptions;
  readonly activityRegularization: ActivityRegularizationOptions;
  readonly confidencePenalty: ConfidencePenaltyOptions;
  readonly gradientPenalty: GradientPenaltyOptions;
  readonly jacobianPenalty: JacobianPenaltyOptions;
  readonly clipByGlobalNorm: ClipByGlobalNormOptions;
  readonly clipByValue: ClipByValueOptions;
  readonly labelSmoothing: LabelSmoothingOptions;
  readonly distillation: Omit<DistillationOptions, 'teacher'> & { readonly teacher: TeacherConfig };
  readonly randomCrop: RandomCropOptions;
  readonly mixup: MixupOptions;
  readonly ema: EmaOptions;
  readonly earlyStopping: EarlyStoppingOptions;
  readonly reduceOnPlateau: ReduceOnPlateauOptions;
}
type PluginByName = { [N in keyof OptionsOf]: { readonly name: N } & OptionsOf[N] }[keyof OptionsOf];
/** `{ name: 'mixup', alpha: 0.2 }`, or what a plugin's factory returns. */
export type PluginConfig = PluginByName | AnyPlugin;

/** A teacher is loaded by then. */
type FactoryOptions = { [N in keyof OptionsOf]: N extends 'distillation' ? DistillationOptions : OptionsOf[N] };
const factories: { readonly [N in keyof OptionsOf]: (options: FactoryOptions[N]) => AnyPlugin } = {
  weightDecay, l1, l2, elasticNet, l2sp, groupLasso, maxNorm, minMaxNorm, unitNorm, nonNegative, orthogonalRegularization, mixout, activityRegularization, confidencePenalty, gradientPenalty, jacobianPenalty,
  clipByGlobalNorm, clipByValue, labelSmoothing, distillation, randomCrop, mixup, ema, earlyStopping, reduceOnPlateau,
};
const brand = Symbol.for('parsimony.plugin');
const isPlugin = (value: PluginConfig): value is AnyPlugin => brand in value;

/** What a recipe may take from the rest of the configuration, where a plugin by name does not say it. */
export interface PluginContext extends TeacherContext { readonly patience: number }

/** Plugins for one run. Those by name are made anew. */
export function makePlugins(configs: readonly PluginConfig[], context: PluginContext): Promise<readonly AnyPlugin[]> {
  return Promise.all(configs.map(async (config, i) => {
    if (isPlugin(config)) return config;
    if (config.name !== 'distillation') return makePlugin(config, context);
    return makePlugin({ ...config, teacher: await loadTeacher(`\`plugins[${i}].teacher\``, config.teacher, context) }, context);
  }));
}

function makePlugin({ name, ...options }: PluginByName, { layout, patience }: Pick<PluginContext, 'layout' | 'patience'>): AnyPlugin {
  const given = {
    ...(name === 'earlyStopping' ? { patience } : {}),
    ...(name === 'randomCrop' && layout === 'flat' ? { shape: [28, 28] } : {}),
    ...options,
  };
  return (factories[name] as (options: object) => AnyPlugin)(given);
}

/** Stands for one that is not loaded yet. */
const anyTeacher = (): never => fail('config', 'distillation: the teacher is not loaded.');

export function checkPlugins(where: string, value: unknown, models: readonly ModelChoice[]): readonly PluginConfig[] {
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
    if (name === 'distillation') checkTeacher(`${where}: \`${key}.teacher\``, (item as { readonly teacher?: unknown }).teacher, models);
    try {
      within(where, key, () => makePlugin({ ...item, ...(name === 'distillation' ? { teacher: anyTeacher } : {}) } as PluginByName, { layout: 'image', patience: 1 }));
    } catch (error) {
      if (error instanceof ParsimonyError) throw error;
      fail('config', `${where}: \`${key}\`: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  });
  return value as readonly PluginConfig[];
}
