// `npm run test:node24`: the whole check on Node 24, which npm's package `node` brings.
import { runOrExit } from './lib.mjs';

runOrExit('npx', ['-y', '--package', 'node@24', 'node', 'tooling/scripts/test.mjs']);
