import { expect, test } from 'vitest';
import { globMatch } from './glob';

test.each([
  ['*', 'weight', true], ['*', 'a.weight', false], ['**', 'a.b.c', true], ['**', '', true],
  ['**.bias', 'a.b.bias', true], ['**.bias', 'bias', true], ['**.bias', 'a.bias2', false], ['**.bias', 'abias', false],
  ['layers.*.weight', 'layers.0.weight', true], ['layers.*.weight', 'layers.0.attn.weight', false],
  ['layers.**.weight', 'layers.0.attn.weight', true], ['layers.**.weight', 'layers.weight', true],
  ['encoder.**', 'encoder', true], ['encoder.**', 'encoder.a.b', true], ['encoder.**', 'encoders.a', false],
  ['**.norm*.**', 'a.norm1.weight', true], ['**.norm*.**', 'a.linear1.weight', false], ['a+b.w', 'a+b.w', true], ['a.b', 'axb', false],
])('%s on %s: %s', (pattern, path, expected) => expect(globMatch(pattern, path)).toBe(expected));

test('refuses a pattern that is no string', () => {
  expect(() => globMatch(3 as never, 'a')).toThrow('globMatch: the pattern must be a string, received 3.');
});
