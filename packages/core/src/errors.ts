/**
 * The one error type of the project and the factories that give its wording: where, what was expected, what was
 * received, then the likely fix.
 */

/** What kind of mistake an error reports; stable, so that programs may branch on it. */
export type ErrorCode =
  | 'shape' | 'dtype' | 'option' | 'state' | 'range' | 'data' | 'file' | 'memory' | 'backend' | 'gradient'
  | 'plugin' | 'conflict' | 'config' | 'non-finite' | 'aborted';

export interface ErrorOrigin {
  readonly plugin?: string;
  readonly hook?: string;
  readonly cause?: unknown;
}

/** Every error this project throws on purpose. `code` is stable; `plugin` and `hook` say where one was running. */
export class ParsimonyError extends Error {
  readonly code: ErrorCode;
  readonly plugin?: string;
  readonly hook?: string;

  constructor(code: ErrorCode, message: string, origin: ErrorOrigin = {}) {
    super(message, origin.cause === undefined ? undefined : { cause: origin.cause });
    this.name = 'ParsimonyError';
    this.code = code;
    if (origin.plugin !== undefined) this.plugin = origin.plugin;
    if (origin.hook !== undefined) this.hook = origin.hook;
  }
}

/** Throws a `ParsimonyError`; an expression, so that it can stand where a value is expected. */
export function fail(code: ErrorCode, message: string, origin?: ErrorOrigin): never {
  throw new ParsimonyError(code, message, origin);
}

/** A value as it should appear in a message: short, and telling a string from a number. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (value !== null && typeof value === 'object') {
    const name = (value as object).constructor?.name;
    if (ArrayBuffer.isView(value)) return `${name} of ${(value as unknown as ArrayLike<number>).length}`;
    try {
      const text = JSON.stringify(value) ?? String(value);
      return text.length > 80 ? `${text.slice(0, 77)}...` : text;
    } catch {
      return `a ${name ?? 'object'}`;
    }
  }
  return String(value);
}
