// One task in Node: `node node.mjs JSON`. Mode webgpu is that of the package `webgpu`, Dawn.
import { report } from '../measure.mjs';
import { prepare } from './ours.mjs';
import { runTask } from './run.mjs';

try {
  report(await runTask({ prepare }, JSON.parse(process.argv[2] ?? '{}')));
} catch (error) {
  console.log(`MISSING ${error instanceof Error ? error.message : String(error)}`);
}
process.exit(0);
