/** Clipping against PyTorch's `clip_grad_norm_` and `clip_grad_value_`; the cases are made by tooling/reference. */
import type { Tensor } from '@parsimony/core';
import { clipGradNorm, clipGradValue } from '@parsimony/gradients';
import { expectClose, fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import { expect, test } from 'vitest';
import { mapValues } from '../../../tooling/reference/check/arrays';
import { expectFixture, onBackends } from '../../../tooling/reference/check/backends';

interface Case {
  readonly name: string;
  readonly kind: 'norm' | 'value';
  readonly limit: number;
  readonly grads: Readonly<Record<string, FixtureArray>>;
  /** Before clipping. */
  readonly norm?: number;
  readonly after: Readonly<Record<string, FixtureArray>>;
}

const { cases } = await fixture<Case>(new URL('../fixtures/clipping.json', import.meta.url));

onBackends((backend) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, { kind, limit, grads: given, norm, after }) => {
    const grads = mapValues(given, toTensor);
    let clipped: Readonly<Record<string, Tensor>>;
    if (kind === 'norm') {
      const made = clipGradNorm(grads, { maxNorm: limit });
      await expectClose(made.norm, norm ?? Number.NaN, { rtol: backend.rtol, name: 'norm' });
      clipped = made.grads;
    } else {
      clipped = clipGradValue(grads, { clipValue: limit });
    }
    expect(Object.keys(clipped)).toEqual(Object.keys(after));
    for (const [path, expected] of Object.entries(after)) await expectFixture(path, clipped[path] as Tensor, expected, backend);
  });
});
