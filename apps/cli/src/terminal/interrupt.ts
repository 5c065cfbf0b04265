/** Ctrl-C: the first one lets the step be finished, the second ends at once. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** 128 and the number of the signal, as shells count. */
  readonly exitCode: number;
  /** Signals end the process again as they do by default. */
  dispose(): void;
}

const codes = { SIGINT: 130, SIGTERM: 143 } as const;
const showCursor = '\u001B[?25h';

export function listen(out: NodeJS.WriteStream): Interruption {
  const controller = new AbortController();
  let exitCode: number = codes.SIGINT;
  const stop = (name: NodeJS.Signals): void => {
    exitCode = codes[name as keyof typeof codes];
    if (controller.signal.aborted) {
      // A progress bar may have hidden it.
      if (out.isTTY) out.write(showCursor);
      process.exit(exitCode);
    }
    out.write(`\n${name === 'SIGINT' ? 'Ctrl-C' : name}: ending after this step. ${name === 'SIGINT' ? 'Ctrl-C' : 'The signal'} again ends at once.\n`);
    controller.abort();
  };
  for (const name of Object.keys(codes)) process.on(name as NodeJS.Signals, stop);
  return {
    signal: controller.signal,
    get exitCode() { return exitCode; },
    dispose() { for (const name of Object.keys(codes)) process.off(name as NodeJS.Signals, stop); },
  };
}
