/**
 * What `// =>` in an example asserts. Numbers agree when |a - b| <= 1e-4 max(1, |b|): documentation shows four digits or
 * so. Typed arrays equal arrays of the same numbers; objects need the same keys, instances of classes the named ones.
 */
export function check(actual: unknown, expected: unknown, where: string): void {
  const difference = differ(actual, expected, '');
  if (difference !== undefined) throw new Error(`${where}: ${difference}`);
}

/** What `// throws` asserts: the call fails, and its message contains `message`. */
export async function throws(run: () => unknown, message: string, where: string): Promise<void> {
  let received: string;
  try {
    await run();
    received = 'nothing was thrown';
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (text.includes(message)) return;
    received = `received "${text}"`;
  }
  throw new Error(`${where}: expected an error with "${message}", ${received}.`);
}

const TOLERANCE = 1e-4;

function differ(actual: unknown, expected: unknown, path: string): string | undefined {
  const at = path === '' ? '' : ` at ${path}`;
  const unequal = () => `expected ${show(expected)}${at}, received ${show(actual)}.`;
  if (typeof actual === 'number' && typeof expected === 'number') {
    const close = Object.is(actual, expected) || Math.abs(actual - expected) <= TOLERANCE * Math.max(1, Math.abs(expected));
    return close || actual === expected ? undefined : unequal();
  }
  const list = asList(expected);
  if (list) {
    const received = asList(actual);
    if (!received) return unequal();
    if (received.length !== list.length) return `expected ${list.length} elements${at}, received ${received.length}: ${show(actual)}.`;
    return firstOf(list, (value, i) => differ(received[i], value, `${path}[${i}]`));
  }
  if (isObject(expected) && isObject(actual)) {
    const keys = new Set(Object.keys(expected));
    if (Object.getPrototypeOf(actual) === Object.prototype) for (const key of Object.keys(actual)) keys.add(key);
    return firstOf([...keys], (key) => differ(actual[key], expected[key], `${path}.${key}`));
  }
  return Object.is(actual, expected) ? undefined : unequal();
}

function firstOf<T>(values: readonly T[], test: (value: T, index: number) => string | undefined): string | undefined {
  for (const [i, value] of values.entries()) {
    const found = test(value, i);
    if (found !== undefined) return found;
  }
  return undefined;
}

function asList(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as unknown as ArrayLike<number>);
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !asList(value);
}

function show(value: unknown): string {
  const list = asList(value);
  if (list) return `[${list.slice(0, 16).map(show).join(', ')}${list.length > 16 ? `, … ${list.length} in all` : ''}]`;
  if (typeof value === 'number' || typeof value === 'bigint' || value === undefined) return String(value);
  return JSON.stringify(value) ?? String(value);
}
