/** A tensor's values on the host, and the way there and back. */
import { currentExecutor } from '../backends/registry';
import { upload } from '../tensor/create';
import type { DType, TensorData } from '../tensor/dtype';
import type { Shape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import type { Params } from '../types';

export interface HostTensor {
  readonly dtype: DType;
  readonly shape: Shape;
  /** Float64Array where an executor computes in float64. */
  readonly data: TensorData;
}

export type HostTensors = Readonly<Record<string, HostTensor>>;

export async function toHost(tensors: Params): Promise<HostTensors> {
  const entries = Object.entries(tensors).map(async ([name, x]): Promise<[string, HostTensor]> => [name, { dtype: x.dtype, shape: x.shape, data: await x.data() }]);
  return Object.fromEntries(await Promise.all(entries));
}

/** On the executor in use. */
export const toDevice = ({ data, shape, dtype }: HostTensor): Tensor => upload(currentExecutor(), data, shape, dtype);
