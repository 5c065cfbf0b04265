/** The values that flow between data, modules, losses and the trainer. They are replaced, never mutated. */
import type { Collective } from './collective';
import type { RngKey } from './random/key';
import type { Schedule } from './schedules/kind';
import type { Scalar, Tensor } from './tensor/tensor';

/** Tensors by path: `layers.0.weight`. */
export type Params = Readonly<Record<string, Tensor>>;
/** What a forward pass reads: parameters and buffers by path. Other weights are an argument, never a swap. */
export interface Weights { readonly params: Params; readonly buffers: Params }
export type Mode = 'train' | 'eval';
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type Inputs = Tensor | Readonly<Record<string, Tensor>>;
export type Outputs = Tensor | Readonly<Record<string, Tensor>>;

/**
 * Any leading shape: [N], [N, T], … Weights are per target; the loss divides by their sum. Soft targets made of labels may bring
 * them, int32, or, where each is mixed of several, their shares, float32 of the shape of `probs`, so that with class weights the loss
 * divides as it does for labels: by the class weights of these.
 */
export type Target =
  | { readonly kind: 'index'; readonly labels: Tensor; readonly numClasses: number; readonly ignoreIndex?: number }
  | { readonly kind: 'soft'; readonly probs: Tensor; readonly weights?: Tensor; readonly labels?: Tensor }
  | { readonly kind: 'value'; readonly values: Tensor };

export interface Batch {
  readonly inputs: Inputs;
  readonly target: Target;
  /** As it came from the data, for metrics. */
  readonly original: Target;
  /** Index of each sample in the data set, int32 [N]. */
  readonly ids: Tensor;
  /** Further draws of the same samples, for losses across views. */
  readonly views?: readonly Inputs[];
  readonly size: number;
}

/** A loss is a sum and what to divide it by, so that microbatches combine exactly. Both have one element. */
export interface Loss { readonly sum: Tensor; readonly denominator: Tensor }
export interface LossTerm { readonly name: string; readonly loss: Loss | Scalar; readonly weight: Schedule }

/** From a model's outputs and a target to a loss; what `losses.*` factories return. */
export interface LossFunction {
  (outputs: Outputs, target: Target): Loss;
  /** For plans and checkpoints. */
  readonly lossName: string;
  readonly options: Json;
}

/** What a module's `compute` gets beside its inputs. Bound to the module: `key`, `writeBuffer` and `addLoss` are its own. */
export interface ForwardContext {
  readonly mode: Mode;
  readonly step: number;
  readonly totalSteps: number;
  readonly weights: Weights;
  /** Path of the module this context is bound to; '' at the root. */
  readonly path: string;
  /** The replicas that train together, in a training pass; of size 1 otherwise. */
  readonly collective: Collective;
  /**
   * While running statistics are gathered anew (`nn.updateBatchNorm`): an evaluation in which batch norms take the statistics of
   * the batch, and the running ones are the average of all batches.
   */
  readonly gathersStatistics: boolean;
  /** A key of this module's path (and `site` in it) and of how often the two were used in this pass. Training, or a pinned module. */
  key(site?: string): RngKey;
  /** A strength at this step. */
  at(schedule: Schedule): number;
  /** Staged; committed at the end of the step if it was applied. */
  writeBuffer(name: string, value: Tensor): void;
  addLoss(term: LossTerm): void;
}
