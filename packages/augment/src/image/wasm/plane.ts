/** Changes of planes from one place in the memory of the kernels to another. */
import type { Pixels } from '../../transform/transform';
import { type Kernels, kernels } from './kernels';
import { memoryBytes, Places } from './places';

/** What a kernel makes of the bytes of `data`, in `out`. `fill`: what it does not write becomes this value; else it writes all. */
export function changePlane(data: Pixels['data'], out: Pixels['data'], change: (kernels: Kernels, from: number, to: number) => void, fill?: number): void {
  const places = new Places();
  const from = places.take(data.byteLength);
  const to = places.take(out.byteLength);
  places.reserve();
  const memory = memoryBytes();
  const [input, output] = [like(data, memory, from), like(out, memory, to)];
  input.set(data);
  if (fill !== undefined) output.fill(fill);
  change(kernels(), from, to);
  out.set(output);
}

/** As many values of the same type at a place of the memory. */
function like(data: Pixels['data'], memory: Uint8Array, at: number): Pixels['data'] {
  return data instanceof Uint8Array ? memory.subarray(at, at + data.length) : new Float32Array(memory.buffer, at, data.length);
}
