/** Scores of a teacher that ran once, as a teacher. */
import { type Batch, fail, type MicroContext, ops, scope, showShape, type Tensor, tensor } from '@parsimony/core';
import { type LogitsIndex, type LogitsShards } from './logit-shards';

/** What the step in progress has of its whole batch, on the host: hooks are given their tensors anew. */
interface Loaded { readonly ids: Int32Array; readonly rows: Float32Array }

/**
 * The scores that `cacheLogits` wrote, by the number of a sample in the data set. Give it to `distillation` for a teacher; shards are read
 * when a batch first needs one.
 */
export class CachedLogits {
  /** Samples of the data set. */
  readonly size: number;
  /** Shape of the scores of one sample: [C] for classes. */
  readonly shape: readonly number[];
  /** Of the teacher that wrote them. */
  readonly fingerprint: string;
  readonly #shards: LogitsShards;
  #loaded: Loaded | undefined;

  /** @internal `openLogits` and `cacheLogits` make them. */
  constructor(shards: LogitsShards, { samples, shape, fingerprint }: LogitsIndex) {
    this.#shards = shards;
    this.size = samples;
    this.shape = shape;
    this.fingerprint = fingerprint;
  }

  /**
   * The scores of samples, in this order, as a tensor [N, ...shape] that the caller owns.
   *
   * @throws range: a number that is no sample. file: a shard that is damaged or not there.
   */
  async read(ids: Int32Array): Promise<Tensor> {
    return tensor(await this.#shards.rows(ids), [ids.length, ...this.shape]);
  }

  /** @internal Reads what the batch of a step needs. */
  async load({ ids }: Batch): Promise<void> {
    const host = Int32Array.from(await ids.data());
    this.#loaded = { ids: host, rows: await this.#shards.rows(host) };
  }

  /**
   * @internal The scores of a microbatch. Which rows of the batch it has is asked of its ids on the device, so that no split and no
   * replica matters: a row of ones where they are equal, times all rows. A sample that is there twice has the mean of two equal rows.
   */
  of({ batch }: MicroContext): Tensor {
    const { ids, rows } = this.#loaded ?? fail('state', 'distillation: the cached logits of this step are not loaded.');
    return scope(() => {
      const same = ops.cast(ops.equal(ops.unsqueeze(batch.ids, 1), tensor(ids, [1, ids.length])), 'float32');
      const picked = ops.matmul(ops.div(same, ops.sum(same, { axis: 1, keepdim: true })), tensor(rows, [ids.length, rows.length / ids.length]));
      return ops.reshape(picked, [batch.size, ...this.shape]);
    });
  }

  /** @internal For messages. */
  describe(): string { return `logits of ${this.size} samples, ${showShape(this.shape)} each`; }
}

