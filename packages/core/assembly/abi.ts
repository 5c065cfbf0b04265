// Where host and kernels meet. The host writes a command's parameters into a block at a fixed address, then launches a task:
// a function of one chunk number. What a chunk covers depends on the command alone, never on the number of threads.
// `src/backends/wasm/machine.ts` holds the same addresses.
//
// `@inline` on a function is AssemblyScript's own. The `@ts-ignore: decorator` above each, here and in the other files, is for editors
// only, whose TypeScript knows decorators of classes.

/** [epoch: high 32 bits | chunks not yet taken: low 32 bits]; threads take chunks by compare-and-swap on both at once. */
export const TICKET: usize = 64;
/** Chunks finished. */
export const DONE: usize = 128;
/** 1 while the main thread sleeps on DONE. */
export const MAIN_WAITS: usize = 132;
/** Workers asleep on TICKET. */
export const SLEEPERS: usize = 192;
/** Workers that have reported ready. */
export const READY: usize = 196;
/** Set by a worker that died, so that nobody waits for it. */
export const FAILED: usize = 200;
export const TASK: usize = 256;
export const CHUNKS: usize = 260;
/** 256 words. */
export const PARAMETERS: usize = 512;
/** 64 float64. */
export const SCALARS: usize = 1536;

// @ts-ignore: decorator
@inline export function arg(i: i32): i32 { return load<i32>(PARAMETERS + (<usize>i << 2)); }
// @ts-ignore: decorator
@inline export function address(i: i32): usize { return load<usize>(PARAMETERS + (<usize>i << 2)); }
// @ts-ignore: decorator
@inline export function scalar(i: i32): f64 { return load<f64>(SCALARS + (<usize>i << 3)); }

/** Private memory of this thread: [small blocks 4 KiB | gemm's panels and whatever a task needs]. */
export let scratch: usize = 0;
export function setScratch(at: usize): void { scratch = at; }
export const SCRATCH_SMALL: usize = 4096;
export const SCRATCH_BYTES: usize = SCRATCH_SMALL + (1 << 20);
export function scratchBytes(): usize { return SCRATCH_BYTES; }
export function heapBase(): usize { return __heap_base; }
