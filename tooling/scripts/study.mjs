// `npm run study -- NAME`: trains on real data and draws a figure of docs/studies. Without a name it lists the studies.
import { createRequire } from 'node:module';
import { install, root, runOrExit, turbo } from './lib.mjs';

install();
runOrExit(...turbo('build', '--filter=@parsimony-tooling/examples^...'));
const jiti = createRequire(`${root}examples/package.json`).resolve('jiti/package.json').replace(/package\.json$/, 'lib/jiti-cli.mjs');
runOrExit(process.execPath, [jiti, 'examples/studies/main.ts', ...process.argv.slice(2)]);
