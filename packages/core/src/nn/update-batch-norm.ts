/** Running statistics of batch norms, gathered anew for weights that were never trained with: averages of weights. */
import { batches as batchesOf } from '../data/loader';
import type { Dataset } from '../data/dataset';
import { fail, show } from '../errors';
import { checkNumber, checkOptions } from '../options';
import { full } from '../tensor/create';
import { Arena, keep, scope } from '../tensor/scope';
import type { Tensor } from '../tensor/tensor';
import type { Batch, Inputs, Outputs, Params, Weights } from '../types';
import { Pass } from './context';
import { isModule, type Module } from './module';

export interface UpdateBatchNormOptions {
  /** Gather for these weights, and leave the model as it is: what comes back has their parameters. Default: the model's own. */
  readonly weights?: Weights;
  /** Of a data set, 1 or more. Default 256. */
  readonly batchSize?: number;
}

/**
 * Recomputes the running statistics of every batch norm from data: mean and unbiased variance of each batch, averaged over all
 * batches with equal weight, whatever the norm's momentum. Everything else is in evaluation, so no mask disturbs the statistics
 * that evaluation will use, and there is no mode to restore; frozen norms stay as they are. Where running statistics are taken in
 * training mode, with dropout, PyTorch's `torch.optim.swa_utils.update_bn` gives others.
 *
 * @param model - With values: after `init`, or after a fit.
 * @param data - A data set, or batches: those of `batches(…)`, or of `ctx.data.train()` in a plugin.
 * @returns the weights with the new statistics. Without `weights` they are the model's own, which it has taken over. With
 * `weights`, the buffers are the caller's and the other tensors those that were given.
 * @throws option: a bad option. data: no batch. state: a model without values. What the data throw.
 * @see Izmailov et al., "Averaging weights leads to wider optima and better generalization", arXiv:1803.05407.
 * @example
 * ```ts
 * import { arrayDataset, nn, random, ready } from '@parsimony/core';
 * await ready();
 * const data = arrayDataset({ inputs: new Float32Array(8), shape: [2], values: new Float32Array(4) });
 * const model = new nn.Linear(2, 1).init(random.key(0)); // without batch norm there is nothing to do
 * const { buffers } = await nn.updateBatchNorm(model, data, { batchSize: 2 });
 * Object.keys(buffers); // => []
 * ```
 */
export async function updateBatchNorm(model: Module<Inputs, Outputs>, data: Dataset | AsyncIterable<Batch> | Iterable<Batch>, options: UpdateBatchNormOptions = {}): Promise<Weights> {
  const where = 'updateBatchNorm';
  if (!isModule(model)) fail('option', `${where}: \`model\` must be a module, received ${show(model)}.`);
  checkOptions(where, options, ['weights', 'batchSize']);
  const { batchSize = 256 } = options;
  checkNumber(where, 'batchSize', batchSize, { min: 1, integer: true });
  if (options.weights !== undefined) checkOptions(`${where}: weights`, options.weights, ['params', 'buffers']);
  const batches = batchesFrom(data, batchSize);
  const { params, buffers } = options.weights ?? model.weights();
  const fresh = freshStatistics(model);
  const paths = Object.keys(fresh);
  let gathered = fresh;
  try {
    let count = 0;
    for await (const batch of batches) {
      const inputs = inputsOf(batch);
      count++;
      if (paths.length === 0) break;
      const before = gathered;
      gathered = { ...before, ...passOver(model, inputs, { params, buffers: { ...buffers, ...before } }) };
      for (const path of paths) if (gathered[path] !== before[path]) before[path]?.dispose();
    }
    if (count === 0) fail('data', `${where}: there is no batch to take statistics of.`);
  } catch (error) {
    for (const value of Object.values(gathered)) value.dispose();
    throw error;
  }
  const weights = { params, buffers: { ...buffers, ...gathered } };
  if (options.weights !== undefined) return weights;
  model.loadStateDict(gathered, { strict: false });
  return model.weights();
}

function inputsOf(batch: Partial<Batch> | null | undefined): Inputs {
  const inputs = batch?.inputs;
  if (typeof inputs !== 'object' || inputs === null) fail('data', `updateBatchNorm: every batch must have \`inputs\`, received ${show(batch)}.`);
  return inputs;
}

/** What one batch leaves in the buffers; the caller owns it. */
function passOver(model: Module<Inputs, Outputs>, inputs: Inputs, weights: Weights): Params {
  const pass = new Pass('eval', { weights, gathersStatistics: true });
  const arena = new Arena();
  try {
    arena.run(() => scope(() => { model.forward(inputs, pass); }));
    const written = Object.fromEntries(pass.bufferUpdates);
    pass.bufferUpdates.clear();
    return written;
  } finally {
    for (const value of pass.bufferUpdates.values()) value.dispose();
    arena.dispose();
  }
}

/** The buffers of batch norms that take statistics, as they are before any batch. */
function freshStatistics(model: Module<Inputs, Outputs>): Params {
  const norms = new Set(model.namedModules().filter(([, { traits }]) => traits?.batchStatistics).map(([path]) => path));
  const out: Record<string, Tensor> = {};
  for (const [path, { kind, shape, dtype, initial = 0 }] of model.slots()) {
    const cut = path.lastIndexOf('.');
    if (kind === 'buffer' && norms.has(cut < 0 ? '' : path.slice(0, cut))) out[path] = keep(full(shape, initial, { dtype }));
  }
  return out;
}

function batchesFrom(data: unknown, batchSize: number): AsyncIterable<Batch> | Iterable<Batch> {
  if (typeof data === 'object' && data !== null) {
    const { size, batch } = data as Partial<Dataset>;
    if (typeof batch === 'function') {
      checkNumber('updateBatchNorm', 'data.size', size, { min: 0, integer: true });
      return batchesOf(data as Dataset, { batchSize });
    }
    if (Symbol.asyncIterator in data || Symbol.iterator in data) return data as AsyncIterable<Batch> | Iterable<Batch>;
  }
  return fail('data', `updateBatchNorm: \`data\` must be a data set or batches, such as \`batches(train, { batchSize: 256 })\`, received ${show(data)}.`);
}
