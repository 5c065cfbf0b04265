// What the scripts at the root share: printing what they run, and obtaining pnpm and the dependencies.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findBrowser } from './browser.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

const environment = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  // Part of every cache key: what passed on one version of Node is run again on another.
  PARSIMONY_NODE: process.version,
  // Part of the cache key of the browser tests, which are skipped where there is none.
  PARSIMONY_BROWSER: findBrowser(),
  // Within `npx --package node@24` (test-node24.mjs) these name the outer npx's package and Node.
  npm_config_package: undefined,
  NODE: process.execPath,
  npm_node_execpath: process.execPath,
};

/**
 * Runs a command in the repository, showing it first. Returns its exit status.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string }} [options]
 */
export function run(command, args, { cwd = root } = {}) {
  console.log(`\n$ ${[command, ...args].join(' ')}`);
  const { status, error } = spawnSync(command, args, { cwd, env: environment, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) console.error(`${command} could not be started: ${error.message}`);
  return status ?? 1;
}

/**
 * Like `run`, and ends this process when the command fails.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string }} [options]
 */
export function runOrExit(command, args, options) {
  const status = run(command, args, options);
  if (status !== 0) process.exit(status);
}

// npx brings the exact pnpm where it is not there already. (Where it is, npx would only put npm's own folder, and with it
// another Node than this one, first in the PATH.)
const found = spawnSync('pnpm', ['--version'], { cwd: root, encoding: 'utf8' }).stdout?.trim();
const runner = `pnpm@${found}` === packageManager ? ['pnpm'] : ['npx', '-y', packageManager];

/** Command and arguments that run pnpm in its exact version without anything being installed beforehand. */
export const pnpm = (/** @type {string[]} */ ...args) => /** @type {const} */ ([runner[0], [...runner.slice(1), ...args]]);

/** Arguments that run turbo tasks on as many of them at once as there are cores. */
export const turbo = (/** @type {string[]} */ ...args) =>
  pnpm('exec', 'turbo', 'run', ...args, `--concurrency=${Math.max(2, availableParallelism())}`, '--output-logs=new-only');

/** Installs exactly what the lockfile names; at once done where that is already so. */
export function install() {
  runOrExit(...pnpm('install', '--frozen-lockfile', '--reporter=append-only'));
}
