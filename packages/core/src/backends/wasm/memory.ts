/**
 * The one WebAssembly memory and its allocator. Blocks come in size classes, four to each power of two, and are reused by
 * class; when the memory cannot grow any more, free neighbours are joined and cut anew.
 */
import { fail } from '../../errors';

/** An allocation. `pointer` is in bytes from the start of the memory. */
export interface Block {
  pointer: number;
  /** What the block holds, by its class. */
  bytes: number;
  /** What was asked for. */
  used: number;
  live: boolean;
}

const PAGE = 65536;
const GIB = 1024 ** 3;
const ALIGNMENT = 64;
/** Kernels may read one vector past an element. */
const SLACK = 256;

/** The smallest class that holds `bytes`: at most a quarter is wasted. */
export function classSize(bytes: number): number {
  if (bytes <= ALIGNMENT * 4) return Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
  const step = 2 ** (Math.floor(Math.log2(bytes - 1)) - 2);
  return Math.ceil(bytes / step) * step;
}

export interface MemoryOptions {
  /** Bytes; the largest maximum that the system grants is taken, from this down. */
  readonly maximum?: number;
  readonly shared: boolean;
}

export class WasmMemory {
  readonly memory: WebAssembly.Memory;
  readonly maximum: number;
  /** Bytes asked for by live blocks. */
  live = 0;
  #top = 0;
  #end: number;
  #free = new Map<number, Block[]>();
  #freeBytes = 0;
  /** Called when the buffer changed and views of it must be made anew. */
  onGrow: () => void = () => {};

  constructor(initialPages: number, { maximum = 4 * GIB, shared }: MemoryOptions) {
    const { memory, granted } = reserve(initialPages, maximum, shared);
    this.memory = memory;
    this.maximum = granted;
    this.#end = memory.buffer.byteLength;
  }

  /** Where blocks may begin; called once, when the module is known. */
  begin(heapBase: number): void { this.#top = Math.ceil(heapBase / ALIGNMENT) * ALIGNMENT; }

  /** Memory that is never given back and not counted. */
  reserve(bytes: number): number {
    return (this.#carve(classSize(bytes)) ?? this.#exhausted(bytes)).pointer;
  }

  allocate(used: number): Block {
    // Infinity and NaN would pass every comparison below and leave no valid place for what comes next.
    if (!(used <= this.maximum)) this.#exhausted(used);
    const bytes = classSize(used);
    const block = this.#free.get(bytes)?.pop();
    if (block) this.#freeBytes -= bytes;
    const taken = block ?? this.#carve(bytes) ?? this.#reclaim(bytes) ?? this.#exhausted(used);
    taken.used = used;
    taken.live = true;
    this.live += used;
    return taken;
  }

  free(block: Block): void {
    if (!block.live) fail('state', 'wasm: this block was already given back.');
    block.live = false;
    this.live -= block.used;
    this.#freeBytes += block.bytes;
    this.#list(block.bytes).push(block);
  }

  /** Fresh memory at the end, growing as needed. */
  #carve(bytes: number): Block | undefined {
    const need = this.#top + bytes + SLACK;
    if (need > this.#end && !this.#grow(need)) return undefined;
    const pointer = this.#top;
    this.#top += bytes;
    return { pointer, bytes, used: 0, live: false };
  }

  /** Grows to hold `need` bytes: by an eighth and 16 MiB at least, so that growth is rare, or else by what is needed. */
  #grow(need: number): boolean {
    if (need > this.maximum) return false;
    const generous = Math.min(this.maximum, Math.max(need, this.#end + Math.max(this.#end / 8, 16 * 1024 * 1024)));
    for (const target of [generous, need]) {
      try {
        this.memory.grow(Math.ceil((target - this.#end) / PAGE));
        this.#end = this.memory.buffer.byteLength;
        this.onGrow();
        return true;
      } catch {
        // The system refused; less may do.
      }
    }
    return false;
  }

  /** Joins free neighbours and takes `bytes` from the first run that holds them. */
  #reclaim(bytes: number): Block | undefined {
    const blocks = [...this.#free.values()].flat().sort((a, b) => a.pointer - b.pointer);
    const runs: Block[] = [];
    for (const block of blocks) {
      const last = runs[runs.length - 1];
      if (last && last.pointer + last.bytes === block.pointer) last.bytes += block.bytes;
      else runs.push({ ...block });
    }
    const run = runs.find((r) => r.bytes >= bytes);
    if (!run) return undefined;
    this.#free.clear();
    const taken: Block = { pointer: run.pointer, bytes, used: 0, live: false };
    run.pointer += bytes;
    run.bytes -= bytes;
    this.#freeBytes -= bytes;
    for (const rest of runs) this.#cut(rest);
    return taken;
  }

  /** Gives a run of any length back as blocks whose lengths are classes, largest first. */
  #cut(run: Block): void {
    while (run.bytes >= ALIGNMENT) {
      const fits = classSize(run.bytes);
      const bytes = fits === run.bytes ? fits : largestClassBelow(run.bytes);
      this.#list(bytes).push({ pointer: run.pointer, bytes, used: 0, live: false });
      run.pointer += bytes;
      run.bytes -= bytes;
    }
  }

  #list(bytes: number): Block[] {
    let list = this.#free.get(bytes);
    if (!list) this.#free.set(bytes, list = []);
    return list;
  }

  #exhausted(bytes: number): never {
    return fail('memory', `wasm: cannot allocate ${megabytes(bytes)}: live tensors hold ${megabytes(this.live)}, ${megabytes(this.#freeBytes)} are free in pieces too small, `
      + `and the memory cannot grow past ${megabytes(this.maximum)}. Use smaller batches, or end scopes earlier.`);
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

function largestClassBelow(bytes: number): number {
  if (bytes <= ALIGNMENT * 4) return Math.floor(bytes / ALIGNMENT) * ALIGNMENT;
  const step = 2 ** (Math.floor(Math.log2(bytes)) - 2);
  return Math.floor(bytes / Math.max(step, ALIGNMENT)) * Math.max(step, ALIGNMENT);
}

/** Reserves the largest maximum that is granted: address space, not memory, yet some systems refuse 4 GiB. */
function reserve(initial: number, maximum: number, shared: boolean): { memory: WebAssembly.Memory; granted: number } {
  const tried = [4 * GIB, 2 * GIB, GIB].filter((bytes) => bytes < maximum);
  for (const bytes of [maximum, ...tried]) {
    try {
      return { memory: new WebAssembly.Memory({ initial, maximum: Math.floor(bytes / PAGE), shared }), granted: bytes };
    } catch {
      // Refused: try less.
    }
  }
  return fail('memory', `wasm: the system grants no WebAssembly memory with a maximum of ${megabytes(Math.min(maximum, GIB))}.`);
}
