/** What several replicas of a model do together. */
import { customGradient } from '../autograd/custom';
import { fail, show } from '../errors';
import { checkNumber, checkOptions } from '../options';
import { asTensor, expectDType } from '../ops/convert';
import { upload } from '../tensor/create';
import type { Tensor } from '../tensor/tensor';
import { type Exchange, meetingPlace, Rendezvous } from './rendezvous';

/** The replicas of a model that train together. A module finds it in its context: `ctx.collective`. */
export interface Collective {
  /** Number of replicas, 1 or more. */
  readonly size: number;
  /**
   * The sum over all replicas of a float32 tensor of one shape, to each of them; waits until all have come. Its gradient is the sum of
   * the gradients of all replicas, so what comes out is the derivative of the sum of their losses.
   *
   * @throws backend: another backend than wasm, unless `size` is 1. state: replicas that are not at the same call, or another shape.
   * What another replica failed with.
   */
  allReduceSum(x: Tensor): Tensor;
}

/** One replica: the sum is the tensor itself. */
export const soleCollective: Collective = { size: 1, allReduceSum: (x) => x };

/** What threads need in order to meet: plain data, to be sent to a worker. */
export interface SharedCollective { readonly size: number; readonly memory: SharedArrayBuffer }

/**
 * A place for `size` threads to meet. Send it to each and let it call `joinCollective` with its rank.
 *
 * @throws option: no whole number from 1 to 64. backend: no shared memory here.
 * @example
 * ```ts
 * import { joinCollective, ready, shareCollective, tensor } from '@parsimony/core';
 * await ready();
 * const shared = shareCollective(1); // 2, and `new Worker(url, { workerData: shared })`
 * await joinCollective(shared, 0).allReduceSum(tensor([1, 2])).array(); // => [1, 2]
 * ```
 */
export function shareCollective(size: number): SharedCollective {
  checkNumber('shareCollective', 'size', size, { min: 1, max: 64, integer: true });
  if (typeof SharedArrayBuffer === 'undefined') fail('backend', 'shareCollective: SharedArrayBuffer is not available here; in a browser, serve the page with COOP and COEP headers.');
  return { size, memory: meetingPlace(size) };
}

/**
 * The collective of one of the threads; each rank joins once. See `shareCollective`.
 *
 * @param rank - From 0 to `size` - 1.
 * @throws option: not what `shareCollective` gave, or a rank out of range.
 */
export function joinCollective(shared: SharedCollective, rank: number): Collective {
  checkOptions('joinCollective', shared, ['size', 'memory']);
  if (!(shared.memory instanceof SharedArrayBuffer)) fail('option', `joinCollective: expected what \`shareCollective\` gave, received ${show(shared)}.`);
  checkNumber('joinCollective', 'rank', rank, { min: 0, max: shared.size - 1, integer: true });
  return shared.size === 1 ? soleCollective : collectiveOf(new Rendezvous(shared.memory, rank, shared.size));
}

/** @internal */
export function collectiveOf(meeting: Rendezvous): Collective {
  const allReduceSum = customGradient((x) => sumOver(meeting, 'allReduceSum', [x])[0] as Tensor, (dy) => [allReduceSum(dy)]);
  return { size: meeting.size, allReduceSum: (x) => allReduceSum(expectDType('allReduceSum', 'x', asTensor('allReduceSum', 'x', x), 'float32')) };
}

/** @internal Sums over all replicas, as new tensors; in one exchange. Not differentiable. */
export function sumOver(meeting: Rendezvous, kind: Exchange, tensors: readonly Tensor[]): Tensor[] {
  const flat = new Float32Array(tensors.reduce((n, { size }) => n + size, 0));
  let at = 0;
  for (const x of tensors) {
    flat.set(elements(x), at);
    at += x.size;
  }
  meeting.sum(kind, flat);
  at = 0;
  return tensors.map((x) => {
    const values = flat.subarray(at, at + x.size);
    at += x.size;
    return upload(x.executor, values, x.shape, 'float32');
  });
}

/** @internal The elements themselves, until the next allocation. */
export function elements(x: Tensor): Float32Array | Int32Array {
  x.assertLive('Collective');
  return x.executor.view?.(x)
    ?? fail('backend', `allReduceSum: replicas exchange tensors on the wasm backend; this one is on '${x.executor.name}'. Call \`await useBackend('wasm')\`, or train with one replica.`);
}
