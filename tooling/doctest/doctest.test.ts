import { describe, expect, test } from 'vitest';
import { check, throws } from './check.ts';
import { examplesOfMarkdown, examplesOfSource } from './extract.mjs';
import { withAssertions } from './rewrite.mjs';

describe('extraction', () => {
  test('finds bare and fenced examples of docstrings, with their lines', () => {
    const text = ['/**', ' * Doubles.', ' * @example', ' * double(2); // => 4', ' * @returns twice', ' */', 'export const double = 1;', 'class A {', '  /**', '   * @example', '   * ```ts', '   * new A();', '   * ```', '   */', '  b = 1;', '}'].join('\n');
    expect(examplesOfSource(text)).toEqual([
      { line: 4, code: 'double(2); // => 4', run: true },
      { line: 12, code: 'new A();', run: true },
    ]);
  });

  test('takes the ts blocks of Markdown only, and honours no-run', () => {
    const text = ['# T', '```sh', 'ls', '```', '```ts', 'one();', '```', '```ts no-run', 'two();', '```'].join('\n');
    expect(examplesOfMarkdown(text)).toEqual([
      { line: 6, code: 'one();', run: true },
      { line: 9, code: 'two();', run: false },
    ]);
  });
});

describe('assertions', () => {
  const run = async (code: string) => {
    const body = withAssertions(code, 'README.md', 10);
    await new Function('__check', '__throws', `return (async () => { ${body}\n })();`)(check, throws);
  };

  test.each([
    ['1 + 1; // => 2'],
    ['Promise.resolve(0.33333); // => 0.3333'],
    ['new Float32Array([1, 2.5]); // => [1, 2.5]'],
    ['console.log([1]); // => [1]'],
    ["const a = { b: ['c'] }; // => { b: ['c'] }"],
    ['[[1, 2], [3, 4]]; // => [[1, 2],\n//     [3, 4]]'],
    ['JSON.parse("{"); // throws JSON'],
  ])('%s holds', async (code) => {
    await run(code);
  });

  test.each([
    ['1 + 1; // => 3', 'README.md:10: expected 3, received 2.'],
    ['\n0.334; // => 0.3333', 'README.md:11: expected 0.3333, received 0.334.'],
    ['[1, 2]; // => [1]', 'expected 1 elements, received 2'],
    ['({ a: 1, b: 2 }); // => { a: 1 }', 'expected undefined at .b, received 2.'],
    ['1; // throws anything', 'nothing was thrown'],
    ['JSON.parse("{"); // throws something else', 'received "'],
    ['throw new Error("broken");', 'broken'],
    ['if (true) { 1; // => 2\n}', 'follow no top-level statement'],
    ['1; // => )', 'is not a TypeScript expression'],
  ])('%s fails', async (code, message) => {
    await expect(run(code)).rejects.toThrow(message);
  });
});
