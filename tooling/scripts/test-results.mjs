// The results that each vitest run leaves in its package's .vitest/results.json, summed.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib.mjs';

const files = () => [
  join(root, 'examples/.vitest/results.json'),
  ...['packages', 'apps', 'tooling'].flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name, '.vitest/results.json'))),
];

/** Removes the results of earlier runs, so that none is counted in place of a run that never came to its end. */
export function clearResults() {
  for (const file of files()) rmSync(file, { force: true });
}

export function countTests() {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of files().filter((path) => existsSync(path))) {
    const results = JSON.parse(readFileSync(file, 'utf8'));
    // A file that fails before its first test is one failure, which vitest counts among suites only.
    const broken = results.testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0);
    counts.passed += results.numPassedTests;
    counts.failed += results.numFailedTests + broken.length;
    counts.skipped += results.numPendingTests + results.numTodoTests;
  }
  return counts;
}
