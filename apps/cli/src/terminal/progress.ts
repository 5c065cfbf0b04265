/** Progress of one run: a bar where the output is a terminal, a plain line now and then where it is not. */
import { Presets, SingleBar } from 'cli-progress';

export interface ProgressValues {
  /** Optimizer steps done, of `totalSteps`. */
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
  readonly loss?: number;
  /** Of the validation images, once known. */
  readonly accuracy?: number;
}

export interface Progress {
  update(values: ProgressValues): void;
  /** Ends the bar, leaving `line` in its place. */
  finish(line: string): void;
  /** Ends the bar, if that was not done. */
  stop(): void;
}

const number = (value: number | undefined, digits: number): string => (value === undefined ? '-' : value.toFixed(digits));
const percent = (value: number | undefined): string => (value === undefined ? '-' : `${(100 * value).toFixed(1)} %`);

/** Seconds as a person reads them: `42 s`, `3 min 05 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** Steps a second so far, and the seconds left at that rate. */
function pace({ step, totalSteps }: ProgressValues, startedAt: number): { readonly rate: number; readonly left: number } {
  const rate = step / Math.max(1e-3, (performance.now() - startedAt) / 1000);
  return { rate, left: (totalSteps - step) / Math.max(rate, 1e-9) };
}

export function terminalProgress(title: string, stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? bar(title, stream) : lines(title, stream);
}

function bar(title: string, stream: NodeJS.WriteStream): Progress {
  const startedAt = performance.now();
  const view = new SingleBar({
    format: '{title} [{bar}] epoch {epoch}  loss {loss}  accuracy {accuracy}  {rate} steps/s  {left} left',
    barsize: 20, hideCursor: true, clearOnComplete: true, stream, fps: 8,
  }, Presets.shades_classic);
  let started = false;
  return {
    update(values) {
      const { rate, left } = pace(values, startedAt);
      const payload = {
        title, epoch: values.epoch + 1, loss: number(values.loss, 3), accuracy: percent(values.accuracy), rate: rate.toFixed(0), left: duration(left),
      };
      if (!started) view.start(values.totalSteps, values.step, payload);
      else view.update(values.step, payload);
      started = true;
    },
    finish(line) {
      this.stop();
      stream.write(`${line}\n`);
    },
    stop() {
      if (started) view.stop();
      started = false;
    },
  };
}

/** Seconds between two plain lines. */
const interval = 5;

function lines(title: string, stream: NodeJS.WriteStream): Progress {
  const startedAt = performance.now();
  let last = startedAt;
  return {
    update(values) {
      if (performance.now() - last < interval * 1000) return;
      last = performance.now();
      const { rate, left } = pace(values, startedAt);
      stream.write(`${title}: epoch ${values.epoch + 1}, step ${values.step} of ${values.totalSteps}, loss ${number(values.loss, 3)}, accuracy ${percent(values.accuracy)}, ${rate.toFixed(0)} steps/s, ${duration(left)} left\n`);
    },
    finish(line) { stream.write(`${line}\n`); },
    stop() {},
  };
}
