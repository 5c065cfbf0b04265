/** How ops reach executors and the tape: allocate the outputs, run the command, tell whoever records. */
import type { Attrs } from '../backends/executor';
import { fail } from '../errors';
import { allocate } from '../tensor/create';
import type { DType } from '../tensor/dtype';
import { type Shape, showShape, sizeOf } from '../tensor/shape';
import { type Storage, Tensor } from '../tensor/tensor';

export interface OutputSpec { readonly shape: Shape; readonly dtype: DType }

/** What a gradient rule gets to know of an op that ran. */
export interface Recorded {
  readonly op: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attrs: Attrs;
  readonly scalars: readonly number[];
}

type Recorder = (node: Recorded) => void;
let recorder: Recorder | undefined;

/** @internal The tape's ear; undefined while nothing records. */
export function setRecorder(next: Recorder | undefined): void { recorder = next; }

export interface DispatchOptions {
  readonly attrs?: Attrs;
  readonly scalars?: readonly number[];
  /** The name the gradient rule is filed under, where it is not the kernel's. */
  readonly op?: string;
}

/** Runs a kernel on the executor of its inputs. The first input decides; inputs of two executors are an error. */
export function dispatch(kernel: string, inputs: readonly Tensor[], outputs: readonly OutputSpec[], options: DispatchOptions = {}): Tensor[] {
  const { attrs = {}, scalars = [], op = kernel } = options;
  const executor = inputs[0]?.executor ?? fail('state', `${op}: a kernel without inputs must be given an executor.`);
  for (const input of inputs) {
    input.assertLive(op);
    if (input.executor !== executor) {
      const where = executor.name === input.executor.name ? `two executors of backend '${executor.name}'` : `two backends, '${executor.name}' and '${input.executor.name}'`;
      fail('backend', `${op}: inputs live on ${where}. Move one with \`tensor(await x.data(), x.shape)\` after \`useBackend\`.`);
    }
  }
  const made = outputs.map(({ shape, dtype }) => allocate(executor, shape, dtype));
  executor.run({ kernel, inputs, outputs: made, attrs, scalars });
  recorder?.({ op, inputs, outputs: made, attrs, scalars });
  return made;
}

/** `dispatch` for kernels of one output. */
export function dispatchOne(kernel: string, inputs: readonly Tensor[], shape: Shape, dtype: DType, options?: DispatchOptions): Tensor {
  return dispatch(kernel, inputs, [{ shape, dtype }], options)[0] as Tensor;
}

/** Another shape over the same elements, without a copy; recorded under `op`. */
export function view(op: string, x: Tensor, shape: Shape, offset = 0, attrs: Attrs = {}): Tensor {
  x.assertLive(op);
  if (offset === 0 && sizeOf(shape) > x.size) fail('shape', `${op}: a view of shape ${showShape(shape)} needs ${sizeOf(shape)} elements, the tensor has ${x.size}.`);
  const out = new Tensor(x.storage, x.offset + offset, shape, x.dtype);
  recorder?.({ op, inputs: [x], outputs: [out], attrs, scalars: [] });
  return out;
}

/** Whether a tensor is the only holder of the whole of its storage, so that it may be written over. */
const soleOwner = (x: Tensor): boolean => (x.storage as Storage).refs === 1 && x.offset === 0 && x.size === x.storage.length;

/**
 * Runs an elementwise update that consumes inputs: output i replaces `inputs[consumes[i]]`, in place where the executor can
 * and the input is the only holder of its storage. The consumed tensors are disposed; use what is returned. Not recorded.
 */
export function dispatchConsuming(kernel: string, inputs: readonly Tensor[], consumes: readonly number[], scalars: readonly number[]): Tensor[] {
  const executor = inputs[0]?.executor ?? fail('state', `${kernel}: expected inputs.`);
  const targets = consumes.map((i) => inputs[i] ?? fail('state', `${kernel}: no input ${i} to consume.`));
  for (const input of inputs) input.assertLive(kernel);
  const made = targets.map((x) => executor.inPlace && soleOwner(x)
    ? new Tensor(x.storage, 0, x.shape, x.dtype)
    : allocate(executor, x.shape, x.dtype));
  executor.run({ kernel, inputs, outputs: made, attrs: {}, scalars });
  for (const x of targets) x.dispose();
  return made;
}
