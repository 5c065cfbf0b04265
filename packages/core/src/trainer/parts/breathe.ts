/** Lets timers, signals and drawing have a turn: a synchronous backend resolves its promises before any of them. */

type Immediate = (callback: () => void) => unknown;
const later: Immediate = (globalThis as { setImmediate?: Immediate }).setImmediate
  ?? ((callback) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => { port1.close(); callback(); });
    port1.start();
    port2.postMessage(undefined);
  });

export class Breather {
  #last = performance.now();

  /** A promise when a turn is due, every 16 ms; else nothing. */
  breathe(): Promise<void> | undefined {
    if (performance.now() - this.#last < 16) return undefined;
    return new Promise((resolve) => {
      later(() => {
        this.#last = performance.now();
        resolve();
      });
    });
  }
}
