/** The executors that tests run on, and how close each must come to PyTorch. */
import { registerBackend, type Tensor, useBackend } from '@parsimony/core';
import { gpuExecutor } from '@parsimony/core/gpu';
import { expectClose, type FixtureArray } from '@parsimony/testkit';
import { beforeAll, describe } from 'vitest';

export interface Backend {
  readonly name: string;
  /** Factor of |b| + rms b. */
  readonly rtol: number;
  /** What it computes in: where float32 gives other numbers, a fixture states both. */
  readonly precision: 'float32' | 'float64';
  /** Up to which magnitude int32 is exact. */
  readonly wholeNumbers: number;
}

// A kernel that gpu.js gives to another mode is an error here. Made once a file: it keeps what it has compiled.
for (const mode of ['webasm', 'cpu'] as const) {
  let executor: ReturnType<typeof gpuExecutor> | undefined;
  registerBackend(`gpu ${mode}`, () => executor ??= gpuExecutor({ mode, strict: true }));
}

/** Tolerances of the GPU modes are those of the kernels, times what the tests in a browser state. */
const backends = [
  { name: 'wasm', rtol: 1e-5, precision: 'float32', wholeNumbers: 2 ** 31 },
  { name: 'reference', rtol: 1e-10, precision: 'float64', wholeNumbers: 2 ** 31 },
  { name: 'gpu webasm', rtol: 1e-5, precision: 'float32', wholeNumbers: 2 ** 24 },
  // Sums in float64, stored as float32.
  { name: 'gpu cpu', rtol: 1e-5, precision: 'float32', wholeNumbers: 2 ** 24 },
] as const satisfies readonly Backend[];

/** Names for `useBackend` of the executors that every technique is tested on. */
export const techniqueBackends = ['reference', 'wasm', 'gpu webasm'] as const;

/** Declares the tests once for each backend. */
export function onBackends(declare: (backend: Backend) => void): void {
  describe.each<Backend>(backends)('$name', (backend) => {
    beforeAll(async () => { await useBackend(backend.name); });
    declare(backend);
  });
}

/** Declares the tests once for each executor in float32, for suites that go to the reference themselves. */
export function onDevices(declare: () => void): void {
  describe.each(['wasm', 'gpu webasm'])('%s', (name) => {
    beforeAll(async () => { await useBackend(name); });
    declare();
  });
}

/** Compares with an array of a fixture. null is zero everywhere, where terms of size 1 may cancel. */
export async function expectFixture(name: string, actual: Tensor, expected: FixtureArray | null, { rtol }: Backend): Promise<void> {
  if (expected) await expectClose(actual, expected, { name, rtol });
  else await expectClose(actual, { data: new Float64Array(actual.size), shape: actual.shape }, { name: `${name} (zero)`, atol: rtol });
}
