// `npm run demo`: trains on MNIST without and with regularizers. Arguments after `--` go to `parsimony train`.
import { spawnSync } from 'node:child_process';
import { install, root, runOrExit, turbo } from './lib.mjs';

install();
runOrExit(...turbo('build', '--filter=@parsimony/cli...'));

const args = ['apps/cli/dist/main.js', 'train', ...process.argv.slice(2)];
console.log(`\n$ node ${args.join(' ')}`);
// Ctrl-C reaches the command itself, which ends in order; this process waits for it.
process.on('SIGINT', () => {});
const status = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
if (status === 130) console.log('From here: npm run demo -- --resume');
process.exitCode = status;
