// `npm run bench`: our step times beside those of other libraries. Arguments after `--` go to the benchmark.
import { install, runOrExit, turbo } from './lib.mjs';

install();
runOrExit(...turbo('build', '--filter=./packages/*'));
runOrExit(process.execPath, ['tooling/bench/main.mjs', ...process.argv.slice(2)]);
