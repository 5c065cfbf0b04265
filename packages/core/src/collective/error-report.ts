/** Errors on their way from one thread to another. */
import { type ErrorCode, ParsimonyError } from '../errors';

export interface ErrorReport {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: ErrorCode;
  readonly plugin?: string;
  readonly hook?: string;
  readonly cause?: ErrorReport;
}

/** `stackLength`: characters of each stack. */
export function toReport(error: unknown, stackLength = 4000): ErrorReport {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error).slice(0, 2000) };
  const { code, plugin, hook } = error as Partial<ParsimonyError>;
  return {
    name: error.name, message: error.message.slice(0, 2000),
    ...(error.stack === undefined ? {} : { stack: error.stack.slice(0, stackLength) }),
    ...(typeof code === 'string' ? { code } : {}), ...(plugin === undefined ? {} : { plugin }), ...(hook === undefined ? {} : { hook }),
    ...(error.cause instanceof Error ? { cause: toReport(error.cause, stackLength / 4) } : {}),
  };
}

/** The error as it is told here, with the one from there as its cause. */
export function fromReport(from: string, report: ErrorReport): ParsimonyError {
  const { code, message, plugin, hook } = report;
  return new ParsimonyError(isParsimony(report) ? code as ErrorCode : 'backend', `${from}: ${isParsimony(report) ? '' : `${report.name}: `}${message}`, {
    ...(plugin === undefined ? {} : { plugin }), ...(hook === undefined ? {} : { hook }), cause: original(report),
  });
}

const isParsimony = ({ name, code }: ErrorReport): boolean => name === 'ParsimonyError' && code !== undefined;

function original({ name, message, stack, cause }: ErrorReport): Error {
  const error = new Error(message, cause === undefined ? undefined : { cause: original(cause) });
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
