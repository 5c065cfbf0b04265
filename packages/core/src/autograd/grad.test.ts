import { useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { customGradient, detach, grad, keep, memory, noGrad, ops, scope, type Tensor, tensor, valueAndGrad } from '../index';

const { add, exp, mul, sin, square, sum } = ops;
const list = async (x: Tensor): Promise<number[]> => Array.from(await x.data());

beforeAll(async () => { await useReference(); });

describe('values and gradients', () => {
  test('follow the structure of the parameters, zeros where there is no dependence', async () => {
    const f = valueAndGrad((p: { layer: { w: Tensor; b: Tensor }; rest: readonly Tensor[] }) => sum(add(mul(p.layer.w, 3), square(p.rest[0] as Tensor))));
    const { value, grads } = f({ layer: { w: tensor([1, 2]), b: tensor([[5]]) }, rest: [tensor([4, 5]), tensor([6])] });
    expect(await value.item()).toBe(3 + 6 + 16 + 25);
    expect(await list(grads.layer.w)).toEqual([3, 3]);
    expect(await list(grads.layer.b)).toEqual([0]);
    expect(grads.layer.b.shape).toEqual([1, 1]);
    expect(await list(grads.rest[0] as Tensor)).toEqual([8, 10]);
    expect(await list(grads.rest[1] as Tensor)).toEqual([0]);
  });

  test('hand out what comes beside the value', async () => {
    const f = valueAndGrad<Tensor, { y: Tensor; note: string }>((x) => {
      const y = square(x);
      return [sum(y), { y, note: 'kept' }];
    });
    const { grads, aux } = f(tensor([3]));
    expect([await list(aux.y), aux.note, await list(grads)]).toEqual([[9], 'kept', [6]]);
  });

  test('pass further arguments through as constants', async () => {
    expect(await list(grad((x: Tensor, scale: Tensor) => sum(mul(x, scale)))(tensor([1, 2]), tensor([5, 7])))).toEqual([5, 7]);
  });

  test('add up over every use', async () => {
    expect(await list(grad((x: Tensor) => sum(add(mul(x, x), add(x, mul(x, 4)))))(tensor([2])))).toEqual([9]);
  });

  test('of the parameter itself, and of a value that does not depend on it', async () => {
    expect(await grad((x: Tensor) => x)(tensor(3)).item()).toBe(1);
    expect(await grad((_: Tensor) => tensor(7))(tensor(3)).item()).toBe(0);
  });

  test('give each parameter a tensor of its own, though one tensor is the gradient of both', async () => {
    const { a, b } = grad((p: { a: Tensor; b: Tensor }) => sum(add(p.a, p.b)))({ a: tensor([1, 2]), b: tensor([3, 4]) });
    a.dispose();
    expect(await list(b)).toEqual([1, 1]);
  });

  test('one tensor as two parameters has a gradient in each role', async () => {
    const w = tensor([2]);
    const g = grad((p: { a: Tensor; b: Tensor }) => sum(mul(square(p.a), p.b)))({ a: w, b: w });
    expect([await list(g.a), await list(g.b)]).toEqual([[8], [4]]);
  });
});

describe('nesting', () => {
  test('third derivative', async () => {
    const derivative = (f: (x: Tensor) => Tensor) => (x: Tensor): Tensor => grad((y: Tensor) => sum(f(y)))(x);
    const third = derivative(derivative(derivative((x) => mul(square(x), square(x)))));
    expect(await list(third(tensor([2, -1])))).toEqual([48, -24]);
  });

  test('perturbations are not confused: d/dx x d/dy (x + y) = 1', async () => {
    const outer = grad((x: Tensor) => mul(x, grad((y: Tensor) => add(x, y))(tensor(1))));
    expect(await outer(tensor(1)).item()).toBe(1);
  });

  test('a tensor used through a closure is a constant of the inner gradient, a variable of the outer', async () => {
    // inner = d/dy (x y^2) at y = x, with x held: 2 x y = 2 x^2, whose derivative is 4 x.
    const outer = grad((x: Tensor) => grad((y: Tensor) => mul(x, square(y)))(x));
    expect(await outer(tensor(3)).item()).toBe(12);
  });

  test('a gradient penalty trains', async () => {
    // L = |d sum(sin(w x)) / dx|^2 = sum (w cos(w x))^2
    const x = tensor([0.3, -0.7]);
    const penalty = (w: Tensor): Tensor => sum(square(grad((v: Tensor) => sum(sin(mul(w, v))))(x)));
    const w = 1.5;
    const slope = (v: number): number => 2 * w * Math.cos(w * v) * (Math.cos(w * v) - w * v * Math.sin(w * v));
    expect(await grad(penalty)(tensor(w)).item()).toBeCloseTo(slope(0.3) + slope(-0.7), 12);
  });

  test('noGrad inside: constants; and a gradient inside noGrad works, and is a constant outside', async () => {
    expect(await grad((x: Tensor) => mul(x, noGrad(() => square(x))))(tensor(3)).item()).toBe(9);
    expect(await grad((x: Tensor) => mul(x, noGrad(() => grad((y: Tensor) => square(y))(x))))(tensor(3)).item()).toBe(6);
    expect(await grad((x: Tensor) => mul(x, detach(exp(x))))(tensor(0)).item()).toBe(1);
  });

  test('an error leaves nothing recording', async () => {
    expect(() => grad(() => { throw new Error('inside'); })(tensor(1))).toThrow('inside');
    expect(() => noGrad(() => { throw new Error('inside'); })).toThrow('inside');
    expect(await grad((x: Tensor) => square(x))(tensor(5)).item()).toBe(10);
  });
});

describe('custom gradients', () => {
  const clipped = customGradient((x) => mul(x, 1), (dy) => [ops.clamp(dy, { min: -1, max: 1 })]);

  test('replace the rule', async () => {
    expect(await list(grad((x: Tensor) => sum(mul(clipped(x), tensor([5, 0.5, -7]))))(tensor([1, 1, 1])))).toEqual([1, 0.5, -1]);
  });

  test('are differentiable in their turn', async () => {
    // A square with a rule written in ops.
    const own = customGradient((x) => square(x), (dy, [x]) => [mul(dy, mul(x as Tensor, 2))]);
    const second = grad((x: Tensor) => sum(grad((y: Tensor) => sum(mul(own(y), y)))(x)));
    expect(await list(second(tensor([2])))).toEqual([12]);
  });

  test('may hand back an input, or a tensor that is on the tape already', async () => {
    const doubled = customGradient((x) => x, (dy) => [mul(dy, 2)]);
    expect(await grad((x: Tensor) => add(doubled(x), x))(tensor(1)).item()).toBe(3);
    const stored = (x: Tensor): Tensor => {
      const y = square(x);
      return add(customGradient(() => y, (dy) => [mul(dy, 10)])(x), y);
    };
    expect(await grad(stored)(tensor(3)).item()).toBe(16);
  });

  test('may hand on tensors of the forward pass as gradients', async () => {
    // The rule gives y itself, which exp's rule, running later, needs still.
    const odd = customGradient((y) => mul(y, 1), (_, [y]) => [y]);
    const g = grad((x: Tensor) => sum(odd(exp(x))))(tensor([1]));
    expect((await list(g))[0]).toBeCloseTo(Math.exp(2), 12);
  });

  test('may leave inputs without a gradient', async () => {
    const first = customGradient((a, b) => mul(a, b), (dy, [, b]) => [mul(dy, b as Tensor), undefined]);
    const g = grad((p: { a: Tensor; b: Tensor }) => sum(first(p.a, p.b)))({ a: tensor([2]), b: tensor([3]) });
    expect([await list(g.a), await list(g.b)]).toEqual([[3], [0]]);
  });
});

describe('memory', () => {
  const step = (w: Tensor): { value: Tensor; grads: Tensor } => valueAndGrad((p: Tensor) => {
    let y: Tensor = p;
    for (let i = 0; i < 10; i++) y = ops.tanh(mul(y, 1.1));
    return sum(square(y));
  })(w);

  test('only value and gradients are left', () => {
    const w = tensor([1, 2, 3]);
    const before = memory();
    const { value, grads } = step(w);
    expect(memory().tensors - before.tensors).toBe(2);
    value.dispose();
    grads.dispose();
    expect(memory()).toEqual(before);
    w.dispose();
  });

  test('nothing is left where a scope is around, nested or not, or where an error comes', () => {
    const w = keep(tensor([1, 2, 3]));
    const before = memory();
    for (let i = 0; i < 3; i++) {
      scope(() => { step(w); });
      scope(() => { grad((x: Tensor) => sum(square(grad((y: Tensor) => sum(exp(y)))(x))))(w); });
      expect(() => grad((x: Tensor) => sum(mul(exp(x), tensor([1, 2]))))(w)).toThrow('do not broadcast');
    }
    expect(memory()).toEqual(before);
    w.dispose();
  });

  test('tensors kept inside survive, scopes inside do not take what the tape needs', async () => {
    let kept: Tensor | undefined;
    const g = grad((x: Tensor) => {
      const y = scope(() => {
        const inner = exp(x);
        kept = keep(exp(x));
        return mul(inner, inner);
      });
      return sum(y);
    })(tensor([0]));
    expect([await list(g), await list(kept as Tensor)]).toEqual([[2], [1]]);
    kept?.dispose();
  });

  test('the backward pass gives back its gradients on the way', () => {
    const w = tensor(new Float32Array(1000), [1000]);
    let live = 0;
    const probe = customGradient((x) => mul(x, 1), (dy) => {
      live = memory().tensors;
      return [dy];
    });
    const depth = (n: number): number => {
      grad((x: Tensor) => {
        let y = probe(x);
        for (let i = 0; i < n; i++) y = ops.tanh(y);
        return sum(y);
      })(w).dispose();
      return live;
    };
    // One tensor a layer of the forward pass, none of the backward.
    expect(depth(30) - depth(10)).toBe(20);
    w.dispose();
  });
});

describe('errors', () => {
  const x = (): Tensor => tensor([1, 2]);
  test.each<readonly [string, () => unknown, string]>([
    ['a value of several elements', () => grad((v: Tensor) => square(v))(x()), 'the value must be one float32 element, received float32 of shape [2]. Reduce it with `sum` or `mean`.'],
    ['a value of whole numbers', () => grad(() => tensor(1, { dtype: 'int32' }))(x()), 'received int32 of shape []'],
    ['no function', () => grad(x() as never), 'valueAndGrad: `fn` must be a function, received'],
    ['no function without gradient', () => noGrad(3 as never), 'noGrad: `fn` must be a function, received 3.'],
    ['no custom rule', () => customGradient((a) => a, undefined as never), 'customGradient: `backward` must be a function, received undefined.'],
    ['no tensor to detach', () => detach(3 as never), 'detach: `x` must be a tensor, received 3.'],
    ['no tensor', () => grad((() => 3) as unknown as (v: Tensor) => Tensor)(x()), 'must return a tensor of one element or [tensor, aux], received 3'],
    ['nothing', () => grad((() => undefined) as unknown as (v: Tensor) => Tensor)(x()), 'received undefined'],
    ['a promise', () => grad((async (v: Tensor) => sum(v)) as unknown as (v: Tensor) => Tensor)(x()), 'received a promise: `fn` must be synchronous'],
    ['parameters of whole numbers', () => grad((p: { index: Tensor }) => sum(p.index))({ index: tensor([1], { dtype: 'int32' }) }), 'parameter `index` must be float32, received int32'],
    ['parameters that are no tensors', () => grad((p: { a: Tensor }) => p.a)({ a: 1 } as unknown as { a: Tensor }), 'Expected tensors in lists and records at `a`, received 1'],
    ['a custom rule of another number of gradients', () => grad((v: Tensor) => sum(customGradient((a) => mul(a, 1), () => [])(v)))(x()), 'one gradient for each of 1 inputs, received 0'],
    ['a custom rule of another shape', () => grad((v: Tensor) => sum(customGradient((a) => mul(a, 1), (dy) => [sum(dy)])(v)))(x()), 'customGradient: the gradient of input 0 must have its shape [2], received []'],
    ['a custom op of no tensor', () => customGradient((() => 1) as unknown as () => Tensor, () => [])(), '`forward` must return a tensor, received 1'],
    ['a custom op on no tensor', () => customGradient((a) => a, (dy) => [dy])(3 as unknown as Tensor), 'input 0 must be a tensor, received 3'],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});
