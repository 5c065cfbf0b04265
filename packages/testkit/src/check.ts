/** What the suites are made of. They know no test runner, so they run under any. */

/** One named check of a suite. `run` rejects where the check fails. */
export interface Check {
  readonly name: string;
  readonly run: () => Promise<void>;
}
