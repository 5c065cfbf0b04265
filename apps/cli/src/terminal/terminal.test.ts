import { describe, expect, test } from 'vitest';
import { duration, terminalProgress } from './progress';
import { summary, table } from './table';

test('a table: words to the left, numbers to the right', () => {
  expect(table(['model', 'test %'], [['mlp', '92.1'], ['convnet', '8.25 +- 0.1']])).toBe([
    'model         test %',
    '-------  -----------',
    'mlp             92.1',
    'convnet  8.25 +- 0.1',
  ].join('\n'));
});

test('a summary: the value, or mean and sample standard deviation', () => {
  expect(summary([2], 1)).toBe('2.0');
  // Mean 4, squared deviations 4 + 0 + 4 over 2.
  expect(summary([2, 4, 6], 2)).toBe('4.00 +- 2.00');
});

test.each([[0, '0 s'], [59.4, '59 s'], [59.6, '1 min 00 s'], [185, '3 min 05 s']])('%d seconds: %s', (seconds, text) => expect(duration(seconds)).toBe(text));

describe('progress where the output is no terminal', () => {
  test('ends with its line', () => {
    const written: string[] = [];
    const stream = { isTTY: false, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
    const progress = terminalProgress('mlp', stream);
    progress.update({ step: 1, totalSteps: 10, epoch: 0, loss: 2 });
    progress.finish('mlp: done');
    expect(written).toEqual(['mlp: done\n']);
  });
});
