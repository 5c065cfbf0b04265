/** Options of the wasm backend, checked. */
import { fail, show } from '../../errors';
import { checkBoolean, checkNumber, checkOptions } from '../../options';

/** Options of `useBackend('wasm', …)`. */
export interface WasmOptions {
  /** Threads that share the work, the calling one included; 1 to 64. Default: the cores of the machine. */
  readonly threads?: number;
  /** Pins the build without fused multiply-add, so that every machine gives the same bits. Default false. */
  readonly deterministic?: boolean;
  /** The most bytes the memory may grow to. Default 4 GiB, or what the system grants. */
  readonly maximumMemory?: number;
  /** Where browsers find the text of `wasmWorkerSource`, for pages whose content policy forbids Blob workers. */
  readonly workerUrl?: string;
}

const GIB = 1024 ** 3;

export function checkWasmOptions(options: Readonly<Record<string, unknown>>): WasmOptions {
  checkOptions('wasm', options, ['threads', 'deterministic', 'maximumMemory', 'workerUrl']);
  if (options.threads !== undefined) checkNumber('wasm', 'threads', options.threads, { min: 1, max: 64, integer: true });
  if (options.deterministic !== undefined) checkBoolean('wasm', 'deterministic', options.deterministic);
  if (options.maximumMemory !== undefined) checkNumber('wasm', 'maximumMemory', options.maximumMemory, { min: 16 * 1024 * 1024, max: 4 * GIB, integer: true });
  if (options.workerUrl !== undefined && typeof options.workerUrl !== 'string') {
    fail('option', `wasm: \`workerUrl\` must be a string, received ${show(options.workerUrl)}.`);
  }
  return options;
}
