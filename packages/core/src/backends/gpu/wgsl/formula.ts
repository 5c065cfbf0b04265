/** Expressions of the elementwise table as WGSL: the grammar of kernels/elementwise.ts, without the functions that WGSL lacks. */
import { fail } from '../../../errors';

const functions = new Set(['abs', 'sqrt', 'exp', 'floor', 'ceil', 'min', 'max']);
/** Operators from the loosest on; those of one level go from left to right. */
const levels = [['||'], ['&&'], ['<', '<=', '>', '>=', '==', '!='], ['+', '-'], ['*', '/']] as const;

/** Whether WGSL has all functions of an expression. */
export const isInWgsl = (expression: string): boolean => [...expression.matchAll(/(\w+)\s*\(/g)].every(([, name = '']) => functions.has(name));

/** A part of an expression; `wide` where it is of four elements. */
export interface Part { readonly text: string; readonly wide: boolean }

const widened = ({ text, wide }: Part): string => (wide ? text : `vec4<f32>(${text})`);
/** Of bools in vectors; `||` and `&&` are of one. */
const ofVectors: Readonly<Record<string, string>> = { '||': '|', '&&': '&' };

/** Parts of one width, and what they are in. */
function alike(parts: readonly Part[]): { readonly texts: readonly string[]; readonly wide: boolean } {
  const wide = parts.some((part) => part.wide);
  return { texts: parts.map((part) => (wide ? widened(part) : part.text)), wide };
}

/** `name` says what stands for a name. */
export function wgslFormula(expression: string, name: (name: string) => Part): Part {
  const tokens = expression.match(/\d+(\.\d+)?(e[+-]?\d+)?|\w+|[<>=!]=|&&|\|\||\S/g) ?? [];
  let at = 0;
  const next = (): string => tokens[at++] ?? fail('backend', `gpu: the expression '${expression}' ends too early.`);
  const expect = (token: string): void => { if (next() !== token) fail('backend', `gpu: expected '${token}' before '${tokens[at] ?? ''}' in '${expression}'.`); };

  const choice = (): Part => {
    const condition = binary(0);
    if (tokens[at] !== '?') return condition;
    at++;
    const yes = choice();
    expect(':');
    const no = choice();
    const { texts: [no_, yes_], wide } = alike([no, yes, ...(condition.wide ? [{ text: '0', wide: true }] : [])]);
    return { text: `select(${no_}, ${yes_}, ${condition.text})`, wide };
  };
  const binary = (level: number): Part => {
    const operators: readonly string[] | undefined = levels[level];
    if (!operators) return unary();
    let left = binary(level + 1);
    while (operators.includes(tokens[at] ?? '')) {
      const operator = next();
      const right = binary(level + 1);
      if (level < 2 && left.wide !== right.wide) fail('backend', `gpu: '${operator}' joins conditions of different widths in '${expression}'.`);
      const { texts: [a, b], wide } = alike([left, right]);
      left = { text: `(${a} ${wide ? ofVectors[operator] ?? operator : operator} ${b})`, wide };
    }
    return left;
  };
  const unary = (): Part => {
    const token = next();
    if (token === '-' || token === '!') {
      const { text, wide } = unary();
      return { text: `(${token}${text})`, wide };
    }
    if (token === '(') {
      const inside = choice();
      expect(')');
      return inside;
    }
    if (/^\d/.test(token)) return { text: `f32(${token})`, wide: false };
    if (tokens[at] !== '(') return name(token);
    if (!functions.has(token)) fail('backend', `gpu: no function '${token}' in WGSL.`);
    const parts: Part[] = [];
    do {
      at++;
      parts.push(choice());
    } while (tokens[at] === ',');
    expect(')');
    const { texts, wide } = alike(parts);
    return { text: `${token}(${texts.join(', ')})`, wide };
  };
  const whole = choice();
  return at === tokens.length ? whole : fail('backend', `gpu: '${tokens[at]}' is not expected in '${expression}'.`);
}
