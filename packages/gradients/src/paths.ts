/** Tensors by path that go together. */
import { checkTensors, fail, type Params } from '@parsimony/core';

/** @internal Refuses what is no tensors by path, or lacks a path of the others. */
export function checkHas(where: string, name: string, value: Params, others: Params): void {
  checkTensors(where, name, value);
  const missing = Object.keys(others).find((path) => !(path in value));
  if (missing !== undefined) fail('state', `${where}: \`${name}\` has no \`${missing}\`; it has: ${Object.keys(value).join(', ') || 'none'}.`);
}
