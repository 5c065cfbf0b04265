/** What a `parsimony.config.ts` imports. */
import type { TrainConfig } from './train/config';

export type { BackendConfig } from './train/backend';
export type { DataSource, RunName } from './train/config';
export { gradientNorm } from './train/gradient-norm';
export type { Layout } from './train/layout';
export type { ModelChoice, ModelConfig } from './train/models';
export type { OptimizerConfig } from './train/optimizer';
export type { PluginConfig } from './train/plugins';
export type { TeacherConfig, TeacherFile } from './train/teacher';

/** Every key may be left out; `parsimony explain` prints the defaults. */
export type Config = Partial<TrainConfig>;

/**
 * A configuration with its types checked: the default export of a `parsimony.config.ts`.
 *
 * @example
 * ```ts
 * import { schedules } from '@parsimony/core';
 * import { defineConfig } from '@parsimony/cli';
 * const config = defineConfig({
 *   models: ['cnn'], epochs: 20, lr: 1e-3, schedule: schedules.cosine({ value: 1 }),
 *   optimizer: { name: 'adam', betas: [0.9, 0.99] }, plugins: [{ name: 'mixup', alpha: 0.2 }, { name: 'ema', decay: 0.99 }],
 * });
 * config.epochs; // => 20
 * ```
 */
export const defineConfig = (config: Config): Config => config;
