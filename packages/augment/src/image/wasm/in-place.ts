/** Changes of bytes where they lie in the memory of the kernels. */
import { type Kernels, kernels } from './kernels';
import { memoryBytes, Places } from './places';

/** Pixels of a piece: pieces and not whole images, so that the memory stays small and the processor's cache holds them. */
const piece = 1 << 14;

/** Where no plane is read back. */
export const nothing = new Uint8Array(0);

/**
 * The bytes of `planes` planes through a kernel into `out`, a piece of each plane at a time, `plane` bytes apart; as many pieces as `out` has
 * planes are read back.
 */
export function changePlanes(data: Uint8Array, planes: number, out: Uint8Array, change: (kernels: Kernels, at: number, plane: number, n: number) => void): void {
  const pixels = data.length / planes;
  const width = Math.min(piece, pixels);
  const places = new Places();
  const at = places.take(width);
  const plane = places.take(width) - at;
  for (let c = 2; c < planes; c++) places.take(width);
  places.reserve();
  const bytes = memoryBytes();
  for (let first = 0; first < pixels; first += piece) {
    const n = Math.min(piece, pixels - first);
    for (let c = 0; c < planes; c++) bytes.set(data.subarray(c * pixels + first, c * pixels + first + n), at + c * plane);
    change(kernels(), at, plane, n);
    for (let c = 0; c < out.length / pixels; c++) out.set(bytes.subarray(at + c * plane, at + c * plane + n), c * pixels + first);
  }
}
