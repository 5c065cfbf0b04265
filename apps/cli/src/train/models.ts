/** The two networks of the demo. A run's regularizers that are modules stand between the same layers. */
import { checkChoice, checkOptions, fail, nn, show, type Tensor } from '@parsimony/core';
import { Dropout } from '@parsimony/dropout';
import { BatchNorm1d, BatchNorm2d } from '@parsimony/norms';
import { type Layout, layouts } from './layout';
import { callingSync } from './within';

export const modelNames = ['mlp', 'cnn'] as const;
export type ModelName = (typeof modelNames)[number];

/** A network of one's own. */
export interface ModelConfig {
  /** In tables and in the report. */
  readonly name: string;
  /** What the network takes. Default 'image'. */
  readonly layout?: Layout;
  /** A new network for each run; `regularized` is false in the run without regularizers. */
  readonly build: (context: { readonly regularized: boolean; readonly classes: number }) => nn.Module<Tensor, Tensor>;
}
export type ModelChoice = ModelName | ModelConfig;

/** 784-512-512-10. */
function mlp(regularized: boolean, classes: number): nn.Sequential {
  const hidden = (inputs: number): nn.Module[] => regularized
    ? [new nn.Linear(inputs, 512), new BatchNorm1d(512), new nn.ReLU(), new Dropout({ p: 0.5 })]
    : [new nn.Linear(inputs, 512), new nn.ReLU()];
  return new nn.Sequential(...hidden(784), ...hidden(512), new nn.Linear(512, classes));
}

/** Two convolutions with pooling, then 1568-128-10. */
function cnn(regularized: boolean, classes: number): nn.Sequential {
  const block = (inputs: number, outputs: number): nn.Module[] => [
    new nn.Conv2d(inputs, outputs, 3, { padding: 1 }), ...(regularized ? [new BatchNorm2d(outputs)] : []),
    new nn.ReLU(), new nn.MaxPool2d(2),
  ];
  return new nn.Sequential(
    ...block(1, 16), ...block(16, 32), new nn.Flatten(),
    new nn.Linear(32 * 7 * 7, 128), new nn.ReLU(), ...(regularized ? [new Dropout({ p: 0.5 })] : []), new nn.Linear(128, classes));
}

export const modelName = (model: ModelChoice): string => (typeof model === 'string' ? model : model.name);

export function buildModel(model: ModelChoice, regularized: boolean, classes: number): nn.Module<Tensor, Tensor> {
  if (typeof model === 'string') return (model === 'mlp' ? mlp : cnn)(regularized, classes);
  const built: unknown = callingSync(`models: \`build\` of '${model.name}'`, () => model.build({ regularized, classes }));
  return nn.isModule(built) ? built as nn.Module<Tensor, Tensor> : fail('config', `models: \`build\` of '${model.name}' must return a module, such as new nn.Sequential(…), received ${show(built)}.`);
}

/** What the network takes: rows of pixels, or images. */
export const layoutOf = (model: ModelChoice): Layout => (typeof model === 'string' ? (model === 'mlp' ? 'flat' : 'image') : model.layout ?? 'image');

export function checkModel(where: string, key: string, value: unknown): ModelChoice {
  if (value === null || typeof value !== 'object') return checkChoice(where, key, value, modelNames);
  checkOptions(`${where}: \`${key}\``, value, ['name', 'layout', 'build']);
  const { name, layout, build } = value as { readonly name?: unknown; readonly layout?: unknown; readonly build?: unknown };
  if (typeof name !== 'string' || !/^[\w.-]+$/.test(name)) fail('config', `${where}: \`${key}.name\` must be a short name of letters, digits, '-', '_' and '.', received ${show(name)}.`);
  if (layout !== undefined) checkChoice(where, `${key}.layout`, layout, layouts);
  if (typeof build !== 'function') fail('config', `${where}: \`${key}.build\` must be a function ({ regularized, classes }) => module, received ${show(build)}.`);
  return value as ModelConfig;
}
