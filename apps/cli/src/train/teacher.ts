/** The teacher of a distillation: in a program a network or a function, in any configuration a file that an earlier run has left. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { checkChoice, checkOptions, fail, type Inputs, loadCheckpoint, nn, ops, type Params, readSafetensors, show, type Tensor } from '@parsimony/core';
import { CachedLogits, openLogits, type Teacher } from '@parsimony/distillation';
import type { Layout } from './layout';
import { buildModel, checkModel, layoutOf, type ModelChoice, modelName, modelNames } from './models';
import { type RunName, runNames } from './run-names';
import { within } from './within';

/** Weights, and the network they are of. */
export interface TeacherFile {
  /** safetensors with PyTorch's names, such as a run leaves; a checkpoint, or a folder of checkpoints, of which the newest counts. */
  readonly weights: string;
  /** Default: as the name of the file says, `<model>-<run>-<seed>`. */
  readonly model?: ModelChoice;
  /** Default: as the name of the file says. */
  readonly run?: RunName;
}
/** A folder of scores that `cacheLogits` wrote. */
export interface TeacherLogits { readonly logits: string }
/** The path of a file whose name says of what it is, more about the file, cached scores, 'ema', or, in a program, a network or a function from inputs to scores; or several. */
export type TeacherConfig = OneTeacher | readonly OneTeacher[];
type OneTeacher = string | TeacherFile | TeacherLogits | Teacher;

/** What a run and its data say of a teacher. */
export interface TeacherContext { readonly layout: Layout; readonly classes: number; readonly models: readonly ModelChoice[] }

const isTeacher = (value: unknown): value is Teacher => value === 'ema' || typeof value === 'function' || nn.isModule(value) || value instanceof CachedLogits;
const isLogits = (value: unknown): value is TeacherLogits => typeof value === 'object' && value !== null && 'logits' in value;

/** Everything that can be said of a teacher before it is loaded. */
export function checkTeacher(where: string, value: unknown, models: readonly ModelChoice[]): void {
  if (Array.isArray(value)) value.forEach((one: unknown, i) => { checkTeacher(`${where}[${i}]`, one, models); });
  else if (!isTeacher(value) && isLogits(value)) checkLogits(where, value);
  else if (!isTeacher(value)) resolveTeacher(where, value, models);
}

function checkLogits(where: string, value: TeacherLogits): void {
  checkOptions(where, value, ['logits']);
  if (typeof value.logits !== 'string' || value.logits === '') fail('config', `${where}: \`logits\` must be the path of a folder, received ${show(value.logits)}.`);
  if (!existsSync(value.logits)) fail('file', `${where}: ${value.logits} does not exist.`);
}

interface ResolvedTeacher { readonly path: string; readonly model: ModelChoice; readonly run: RunName }

function resolveTeacher(where: string, value: unknown, models: readonly ModelChoice[]): ResolvedTeacher {
  if (typeof value !== 'string' && (value === null || typeof value !== 'object' || Array.isArray(value))) {
    return fail('config', `${where} must be the path of weights, such as 'runs/<time>/cnn-regularized-0.safetensors', or { weights, model, run }, or a network or a function from inputs to scores, received ${show(value)}.`);
  }
  if (typeof value !== 'string') checkOptions(where, value, ['weights', 'model', 'run']);
  const given: { readonly weights?: unknown; readonly model?: unknown; readonly run?: unknown } = typeof value === 'string' ? { weights: value } : value;
  const path = checkPath(where, given.weights);
  const named = nameOf(path);
  const run = given.run === undefined ? named?.run : checkChoice(where, 'run', given.run, runNames);
  const model = given.model === undefined ? named?.model : checkedModel(where, given.model);
  if (model === undefined || run === undefined) {
    return fail('config', `${where}: the name of ${path} does not say which network it is of, as <model>-<run>-<seed>.safetensors would. Give { weights: '${path}', model: 'cnn', run: 'plain' }.`);
  }
  const known: readonly ModelChoice[] = [...models, ...modelNames];
  const found = typeof model === 'string' ? known.find((m) => modelName(m) === model) : model;
  return found ? { path, model: found, run } : fail('config', `${where}: ${path} is of the network '${String(model)}', which is none of \`models\`, nor '${modelNames.join("' or '")}'. Give { weights, model: { name, layout, build }, run }.`);
}

/** One of one's own may be named too. */
const checkedModel = (where: string, model: unknown): string | ModelChoice => (typeof model === 'string' ? model : checkModel(where, 'model', model));

function checkPath(where: string, path: unknown): string {
  if (typeof path !== 'string' || path === '') return fail('config', `${where}: \`weights\` must be the path of a file or a folder, received ${show(path)}.`);
  if (!existsSync(path)) fail('file', `${where}: ${path} does not exist.`);
  if (!statSync(path).isDirectory()) return path;
  const files = readdirSync(path).filter((file) => file.endsWith('.safetensors'));
  if (files.some(isCheckpoint)) return path;
  return fail('file', `${where}: ${path} is a folder without checkpoints${files.length > 0 ? `. Name one of the weights in it: ${files.sort().join(', ')}` : ''}.`);
}

const isCheckpoint = (file: string): boolean => file.startsWith('step-');

/** A file is called as its run, and so is the folder of the checkpoints of a run. */
function nameOf(path: string): { readonly model: string; readonly run: RunName } | undefined {
  const name = isCheckpoint(basename(path)) ? basename(dirname(path)) : basename(path);
  const [, model, run] = /^(.+)-(plain|regularized)-\d+(?:\.safetensors)?$/.exec(name) ?? [];
  return model === undefined ? undefined : { model, run: run as RunName };
}

/** A teacher for a network of this layout. A file is read anew for each run. */
export async function loadTeacher(where: string, value: TeacherConfig, context: TeacherContext): Promise<Teacher | readonly Teacher[]> {
  if (Array.isArray(value)) return Promise.all(value.map((one: OneTeacher, i) => loadOne(`${where}[${i}]`, one, context)));
  return loadOne(where, value as OneTeacher, context);
}

async function loadOne(where: string, value: OneTeacher, { layout, classes, models }: TeacherContext): Promise<Teacher> {
  if (isTeacher(value)) return value;
  if (isLogits(value)) return openLogits(value.logits);
  const { path, model, run } = resolveTeacher(where, value, models);
  const network = buildModel(model, run === 'regularized', classes);
  const weights = await readWeights(path);
  within(where, path, () => network.loadStateDict(weights));
  const own = layoutOf(model);
  return own === layout ? network : (inputs) => network.forward(relaid(where, inputs, own));
}

/** Of a checkpoint those that the run would return now. */
async function readWeights(path: string): Promise<Params> {
  if (!statSync(path).isDirectory()) {
    const { tensors, metadata } = readSafetensors(await readFile(path), { name: path });
    if (metadata['format'] !== 'parsimony-checkpoint') return tensors;
    for (const tensor of Object.values(tensors)) tensor.dispose();
  }
  const { kept, weights } = await loadCheckpoint(path);
  const { params, buffers } = kept?.weights ?? weights;
  return { ...params, ...buffers };
}

/** The same pixels as rows, [N, H * W], or as images of MNIST's size, [N, 1, 28, 28]. */
function relaid(where: string, inputs: Inputs, layout: Layout): Tensor {
  const x = inputs as Tensor;
  const [size = 0] = x.shape;
  if (layout === 'flat') return ops.reshape(x, [size, x.size / Math.max(1, size)]);
  return x.shape[1] === 784 ? ops.reshape(x, [size, 1, 28, 28]) : fail('shape', `${where}: the teacher takes images, and rows of ${x.shape[1]} pixels are none of 28x28. Give a function from inputs to scores.`);
}
