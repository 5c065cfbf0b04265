/** The kernels of `resize` in WebAssembly: several times as fast as loops over typed arrays, and the same bits on every engine. */
import type { Pixels } from '../../transform/transform';
import { kernels } from '../wasm/kernels';
import { Places } from '../wasm/places';
import type { Taps } from './resize-taps';

/** Part of an image, its top left corner and sides in pixels, through `rows` and `columns` of taps into `out`. */
export function resampleInto(image: Pixels, region: { readonly top: number; readonly left: number; readonly height: number; readonly width: number }, out: Pixels, rows: Taps, columns: Taps): void {
  const { memory, mix, pick, pickFloats } = kernels();
  const floats = image.data instanceof Float32Array;
  const size = floats ? 4 : 1;
  const [m, n] = [out.height, out.width];
  const places = new Places();
  const rowStarts = places.take(rows.starts.byteLength);
  const rowWeights = places.take(rows.weights.byteLength);
  const starts = places.take(columns.starts.byteLength);
  const weights = places.take(columns.weights.byteLength);
  const sums = places.take(4 * (region.width + 32));
  const from = places.take(region.height * image.width * size);
  const to = places.take(m * n * size);
  places.reserve();

  const { buffer } = memory;
  new Int32Array(buffer, rowStarts).set(rows.starts);
  new Float32Array(buffer, rowWeights).set(rows.weights);
  new Int32Array(buffer, starts).set(columns.starts);
  new Float32Array(buffer, weights).set(columns.weights);
  const Type = floats ? Float32Array : Uint8Array;
  const input = new Type(buffer, from, region.height * image.width);
  const output = new Type(buffer, to, m * n);
  for (let c = 0; c < image.channels; c++) {
    const first = (c * image.height + region.top) * image.width;
    input.set(image.data.subarray(first, first + input.length));
    if (rows.pick && columns.pick) (floats ? pickFloats : pick)(from + region.left * size, image.width, to, m, n, rowStarts, starts);
    else mix(floats, from + region.left * size, image.width, region.width, to, m, n, rowStarts, rowWeights, rows.count, rows.stride, starts, weights, columns.stride, sums);
    out.data.set(output, c * m * n);
  }
}
