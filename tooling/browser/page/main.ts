/** A page as a user writes it, from the packages as they are published: trains an MLP in the mode that the address names. */
import { arrayDataset, backendInfo, losses, nn, optim, Trainer, useBackend } from '@parsimony/core';
// oxlint-disable-next-line no-unassigned-import -- what is tried: that bundlers keep it for its effect
import '@parsimony/core/gpu';
import type { GpuMode } from '@parsimony/core/gpu';
import { Dropout } from '@parsimony/dropout';

export interface PageResult { readonly description: string; readonly losses: readonly number[] }

async function train(mode: GpuMode): Promise<PageResult> {
  await useBackend('gpu', { mode, strict: true });
  const model = new nn.Sequential(new nn.Linear(16, 32), new nn.ReLU(), new Dropout({ p: 0.1 }), new nn.Linear(32, 4));
  const trainer = new Trainer({ model, loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 1e-2 }), seed: 7 });
  const steps: number[] = [];
  await trainer.fit({
    train: arrayDataset({
      inputs: Float32Array.from({ length: 32 * 16 }, (_, i) => Math.sin(i) * 0.3 + (i % 4 === Math.floor(i / 16) % 4 ? 1 : 0)),
      shape: [16], labels: Array.from({ length: 32 }, (_, i) => i % 4), numClasses: 4,
    }),
    epochs: 10, batchSize: 12,
    onProgress: (event) => { if (event.kind === 'step') steps.push(event.loss); },
  });
  return { description: backendInfo().description, losses: steps };
}

Object.assign(globalThis, { trained: train(location.hash.slice(1) as GpuMode) });
