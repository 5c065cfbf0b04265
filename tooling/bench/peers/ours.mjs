// mlp-step with @parsimony/core and @parsimony/dropout: a loop of one's own, as the documentation shows it.
import { backendInfo, losses, nn, optim, random, tensor, useBackend } from '@parsimony/core';
import { Dropout } from '@parsimony/dropout';
import { data, measure, report } from '../measure.mjs';
import { ownLoop } from '../own-loop.mjs';

await useBackend('wasm', { threads: Number(process.argv[2] ?? 1) });
const batch = 128;
const x = tensor(data(batch * 784), [batch, 784]);
const target = { kind: 'index', numClasses: 10, labels: tensor(Int32Array.from({ length: batch }, (_, i) => i % 10)) };
const model = new nn.Sequential(
  new nn.Linear(784, 512), new nn.ReLU(), new Dropout({ p: 0.5 }),
  new nn.Linear(512, 512), new nn.ReLU(), new Dropout({ p: 0.5 }), new nn.Linear(512, 10),
).init(random.key(0));
const loss = losses.crossEntropy();
const optimizer = optim.adamw({ lr: 1e-3 });
const run = ownLoop({ model, loss, optimizer, x, target });
report({ ...await measure(run), description: backendInfo().description });
process.exit(0);
