// Compiles core's AssemblyScript kernels where the compiler script is present.
import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

const script = 'scripts/build-wasm.mjs';
if (!existsSync(script)) {
  console.log(`${script} is not there: no kernels to compile.`);
} else {
  process.exit(spawnSync(process.execPath, [script], { stdio: 'inherit' }).status ?? 1);
}
