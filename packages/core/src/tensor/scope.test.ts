import { useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { keep, memory, ops, scope, type Tensor, tensor, zeros } from '../index';
import { Arena } from './scope';

beforeAll(async () => { await useReference(); });

describe('scope', () => {
  test('gives back what was made inside, save what it returns', async () => {
    const before = memory();
    const y = scope(() => ops.add(ops.mul(tensor([1, 2]), 3), 1));
    expect(memory()).toEqual({ tensors: before.tensors + 1, bytes: before.bytes + 8 });
    expect(await y.array()).toEqual([4, 7]);
    y.dispose();
    expect(memory()).toEqual(before);
  });

  test('finds tensors in lists, records and maps', () => {
    const before = memory().tensors;
    const { list, map } = scope(() => ({ list: [zeros([1]), [zeros([1])]], map: new Map([['a', zeros([1])]]), none: zeros([1]).shape }));
    expect(memory().tensors - before).toBe(3);
    for (const x of [list, [...map.values()]].flat(2) as Tensor[]) x.dispose();
    expect(memory().tensors).toBe(before);
  });

  test('what an inner scope returns belongs to the outer', () => {
    const before = memory();
    const held = scope(() => {
      const inner = scope(() => zeros([2]));
      return inner.disposed;
    });
    expect([held, memory()]).toEqual([false, before]);
  });

  test('keep takes tensors out of every scope', async () => {
    const x = scope(() => { scope(() => { kept = keep(tensor([5])); }); return 1; });
    expect([x, await kept?.array()]).toEqual([1, [5]]);
    kept?.dispose();
  });
  let kept: Tensor | undefined;

  test('an error gives all back, and the error', () => {
    const before = memory();
    expect(() => scope(() => { zeros([8]); throw new Error('inside'); })).toThrow('inside');
    expect(memory()).toEqual(before);
  });

  test('refuses promises', () => {
    const before = memory();
    expect(() => scope(async () => { zeros([1]); })).toThrow('scope: `fn` returned a promise. A scope closes with the call; await outside it.');
    expect(memory()).toEqual(before);
  });

  test('a tensor from before stays', () => {
    const x = zeros([1]);
    scope(() => ops.add(x, 1).shape);
    expect(x.disposed).toBe(false);
    x.dispose();
  });

  test('use after the end says what happened', () => {
    let leaked: Tensor | undefined;
    scope(() => { leaked = zeros([3]); });
    expect(() => ops.exp(leaked as Tensor)).toThrow('this tensor of shape [3] was already disposed: its scope ended, or an optimizer step consumed it. Return it from the scope or `keep` it.');
  });
});

describe('views', () => {
  test('share storage, which goes with the last of them', async () => {
    const before = memory();
    const x = tensor([[1, 2], [3, 4], [5, 6]]);
    const views = [ops.reshape(x, [6]), ops.slice(x, [{ start: 1 }])];
    expect(memory()).toEqual({ tensors: before.tensors + 3, bytes: before.bytes + 24 });
    x.dispose();
    expect(await views[1]?.array()).toEqual([[3, 4], [5, 6]]);
    expect(memory().bytes).toBe(before.bytes + 24);
    for (const v of views) v.dispose();
    expect(memory()).toEqual(before);
  });
});

describe('arena', () => {
  test('spans several calls', () => {
    const before = memory();
    const arena = new Arena();
    const a = arena.run(() => zeros([2]));
    const b = arena.run(() => scope(() => ops.add(a, 1)));
    const own = zeros([1]);
    arena.adopt({ own });
    expect([a.disposed, b.disposed]).toEqual([false, false]);
    arena.dispose();
    expect([a.disposed, b.disposed, own.disposed]).toEqual([true, true, true]);
    expect(memory()).toEqual(before);
  });
});
