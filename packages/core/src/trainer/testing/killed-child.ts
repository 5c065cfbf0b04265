/** A fit in a process of its own that writes a checkpoint after each step, until it is killed. Waits for a folder to begin in. */
import { useBackend } from '../../backends/registry';
import { stepsIn } from '../checkpoint/files';
import { directoryStore } from '../../checkpoint/directory-store';
import { busyTrainer, longFit } from './busy';

await useBackend('wasm', { threads: 1 });
process.on('message', (directory: string) => { void go(directory); });
process.send?.('ready');

async function go(directory: string): Promise<void> {
  const begun = (await stepsIn(directoryStore(directory))).length > 0;
  await busyTrainer().fit({
    ...longFit, checkpoint: { directory, everySteps: 1 }, ...(begun ? { resume: directory } : {}),
    onProgress: (e) => { if (e.kind === 'start') process.send?.('started'); },
  });
  process.send?.('ended');
}
