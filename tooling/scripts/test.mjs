// `npm test`: everything, from a clean clone. Each step is shown; steps whose inputs did not change are not repeated.
import { findBrowser } from './browser.mjs';
import { install, pnpm, run, turbo } from './lib.mjs';
import { clearResults, countTests } from './test-results.mjs';

console.log(`Parsimony's whole check, on Node ${process.version}.`);
const started = Date.now();
install();
clearResults();
if (findBrowser() === '') console.log('The browser tests are skipped: neither Chromium nor Chrome is on the PATH. On Debian: apt-get install chromium');

const failedSteps = [
  ['build, lint, typecheck, test', turbo('build', 'lint', '//#lint:root', 'typecheck', 'test', '--continue=dependencies-successful')],
  // By itself: software rendering takes every core.
  ['browser test', turbo('test:browser')],
  ['knip', pnpm('exec', 'knip')],
  ['publint and attw', turbo('check:package', '--continue=dependencies-successful')],
  ['packed packages in an empty project', turbo('//#try-packed')],
].filter(([, step]) => run(...step) !== 0);

const counts = countTests();
for (const [name] of failedSteps) {
  console.error(`\nFAILED: ${name}`);
  // A failing step must show in the last line also where no test of vitest accounts for it.
  if (counts.failed === 0 || !name.endsWith('test')) counts.failed++;
}
console.log(`\nDone in ${Math.round((Date.now() - started) / 1000)} s.`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = failedSteps.length > 0 || counts.failed > 0 ? 1 : 0;
