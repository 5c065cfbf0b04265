import { describe, expect, test } from 'vitest';
import { isInWgsl, wgslFormula } from './formula';

const names = { x: { text: 'x_', wide: true }, y: { text: 'y_', wide: true }, lr: { text: 'call.lr', wide: false }, gate: { text: 'gate_', wide: false } };
const wgsl = (expression: string): string => wgslFormula(expression, (name) => names[name as 'x']).text;

describe('expressions as WGSL', () => {
  test.each([
    ['x - lr * y - 2 * x', '((x_ - (vec4<f32>(call.lr) * y_)) - (vec4<f32>(f32(2)) * x_))'],
    ['lr / (1 - lr)', '(call.lr / (f32(1) - call.lr))'],
    ['gate > 0 ? x : lr', 'select(vec4<f32>(call.lr), x_, (gate_ > f32(0)))'],
    ['x < 0 ? 1 : 2', 'select(vec4<f32>(f32(2)), vec4<f32>(f32(1)), (x_ < vec4<f32>(f32(0))))'],
    ['x < 0 && y > 0 ? x : y', 'select(y_, x_, ((x_ < vec4<f32>(f32(0))) & (y_ > vec4<f32>(f32(0)))))'],
    ['max(x, lr) + sqrt(-lr)', '(max(x_, vec4<f32>(call.lr)) + vec4<f32>(sqrt((-call.lr))))'],
    ['gate > 0 ? x : lr > 0 ? y : x', 'select(select(x_, y_, (call.lr > f32(0))), x_, (gate_ > f32(0)))'],
  ])('%s', (expression, expected) => expect(wgsl(expression)).toBe(expected));

  test('what WGSL lacks is known, and refused', () => {
    expect(isInWgsl('sqrt(x) + max(x, y)')).toBe(true);
    expect(isInWgsl('erf(x)')).toBe(false);
    expect(() => wgsl('erf(x)')).toThrow("no function 'erf' in WGSL");
  });

  test('what does not parse is refused', () => {
    expect(() => wgsl('x + ')).toThrow('ends too early');
    expect(() => wgsl('(x + y')).toThrow('ends too early');
    expect(() => wgsl('x y')).toThrow("'y' is not expected");
  });
});
