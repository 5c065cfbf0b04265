/** A fit in a process of its own that writes a checkpoint after each step, until it is killed. Waits for a folder to begin in. */
import { useBackend } from '../../backends/registry';
import { stepsIn } from '../checkpoint/files';
import { directoryStore } from '../../checkpoint/directory-store';
import { busyTrainer, longFit } from './busy';

await useBackend('wasm', { threads: 1 });
process.on('message', (directory: string) => { void go(directory); });
process.send?.('ready');

async function go(directory: string): Promise<void> {
  let steps = 0;
  const begun = (await stepsIn(directoryStore(directory))).length > 0;
  await busyTrainer().fit({
    ...longFit, checkpoint: { directory, everySteps: 1 }, ...(begun ? { resume: directory } : {}),
    // By its second step, the checkpoint of the first is written.
    onProgress: (e) => { if (e.kind === 'step' && ++steps === 2) process.send?.('going'); },
  });
  process.send?.('ended');
}
