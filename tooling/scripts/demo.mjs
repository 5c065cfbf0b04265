// `npm run demo`: trains on MNIST without and with regularizers. Arguments after `--` go to `parsimony train`.
import { spawnSync } from 'node:child_process';
import { install, root, runOrExit, turbo } from './lib.mjs';

install();
runOrExit(...turbo('build', '--filter=@parsimony/cli...'));

const args = ['apps/cli/dist/main.js', 'train', ...process.argv.slice(2)];
console.log(`\n$ node ${args.join(' ')}`);
process.exitCode = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
