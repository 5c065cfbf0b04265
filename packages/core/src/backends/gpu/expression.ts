/** From the expressions of the elementwise table to gpu.js's JavaScript: Math's functions, and those that Math has not. */
import { fail } from '../../errors';
import { mathematics } from './mathematics';
import type { HelperFunction } from './program';

/** What shaders compute well enough themselves. */
const builtin = ['abs', 'sqrt', 'exp', 'floor', 'ceil', 'min', 'max'];

export interface Translated {
  readonly source: string;
  readonly functions: readonly HelperFunction[];
  /** Whether the whole is a condition, not a number. */
  readonly condition: boolean;
}

/** Mathematics' functions mapped, and names made local to their lane; those in `truths` are asked whether they are 1. */
export function translate(expression: string, locals: ReadonlySet<string>, truths: ReadonlySet<string> = new Set()): Translated {
  const functions = new Map<string, HelperFunction>();
  const source = expression.replace(/\b[a-zA-Z]\w*\b(\s*\()?/g, (match, call?: string) => {
    const name = call === undefined ? match : match.slice(0, -call.length);
    if (call === undefined) return truths.has(name) ? `($${name} > 0.5)` : locals.has(name) ? `$${name}` : name;
    if (builtin.includes(name)) return `Math.${name}(`;
    const helper = mathematics[name] ?? fail('backend', `gpu: no gpu.js counterpart of the function '${name}'.`);
    functions.set(name, helper);
    return `${helper.name}(`;
  });
  return { source, functions: [...functions.values()], condition: /[<>]|==|!=|&&|\|\||!/.test(source) && !source.includes('?') };
}
