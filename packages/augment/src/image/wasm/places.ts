/** Places in the memory of the kernels. */
import { kernels } from './kernels';

/** Hands out places, one after the other, for one call of a kernel. */
export class Places {
  private end = 16;

  take(bytes: number): number {
    const at = this.end;
    // Loads and stores of 16 elements may reach past an end.
    this.end = (at + bytes + 79) & ~15;
    return at;
  }

  /** Grows the memory to hold all of them. */
  reserve(): void {
    const { memory } = kernels();
    const missing = this.end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  }
}

let view = new Uint8Array(0);

/** The memory as bytes, while it does not grow. */
export function memoryBytes(): Uint8Array {
  const { buffer } = kernels().memory;
  if (view.buffer !== buffer) view = new Uint8Array(buffer);
  return view;
}
