/** The two executors a fixture is compared on, and how close each must come. */
import { type Tensor, useBackend } from '@parsimony/core';
import { expectClose, type FixtureArray } from '@parsimony/testkit';
import { beforeAll, describe } from 'vitest';

export interface Backend {
  readonly name: 'wasm' | 'reference';
  /** Factor of |b| + rms b. */
  readonly rtol: number;
}

const backends: readonly Backend[] = [{ name: 'wasm', rtol: 1e-5 }, { name: 'reference', rtol: 1e-10 }];

/** Declares the tests once for each backend. */
export function onBackends(declare: (backend: Backend) => void): void {
  describe.each(backends)('$name', (backend) => {
    beforeAll(async () => { await useBackend(backend.name); });
    declare(backend);
  });
}

/** Compares with an array of a fixture. null is zero everywhere, where terms of size 1 may cancel. */
export async function expectFixture(name: string, actual: Tensor, expected: FixtureArray | null, { rtol }: Backend): Promise<void> {
  if (expected) await expectClose(actual, expected, { name, rtol });
  else await expectClose(actual, { data: new Float64Array(actual.size), shape: actual.shape }, { name: `${name} (zero)`, atol: rtol });
}
