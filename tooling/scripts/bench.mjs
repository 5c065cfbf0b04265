// `npm run bench`: our step times beside those of other libraries; with `--gpu`, those of the gpu executor's modes, in a browser and in
// Node; with `--neighbours`, how long nearest neighbours in tables take; with `--images`, transforms of images beside torchvision's. Arguments after `--` go to the benchmark.
import { install, runOrExit, turbo } from './lib.mjs';

install();
runOrExit(...turbo('build', '--filter=./packages/*'));
const benchmark = process.argv.includes('--gpu') ? 'tooling/bench/gpu/main.mjs' : process.argv.includes('--images') ? 'tooling/bench/images/main.mjs' : process.argv.includes('--neighbours') ? 'tooling/bench/neighbours.mjs' : 'tooling/bench/main.mjs';
runOrExit(process.execPath, [benchmark, ...process.argv.slice(2)]);
