/** The two networks of the demo. A run's regularizers that are modules stand between the same layers. */
import { nn } from '@parsimony/core';
import { Dropout } from '@parsimony/dropout';
import { BatchNorm1d, BatchNorm2d } from '@parsimony/norms';
import type { ModelName, RunName } from './config';

/** 784-512-512-10. */
function mlp(regularized: boolean, classes: number): nn.Sequential {
  const hidden = (inputs: number): nn.Module[] => regularized
    ? [new nn.Linear(inputs, 512), new BatchNorm1d(512), new nn.ReLU(), new Dropout({ p: 0.5 })]
    : [new nn.Linear(inputs, 512), new nn.ReLU()];
  return new nn.Sequential(...hidden(784), ...hidden(512), new nn.Linear(512, classes));
}

/** Two convolutions with pooling, then 1568-128-10. */
function cnn(regularized: boolean, classes: number): nn.Sequential {
  const block = (inputs: number, outputs: number): nn.Module[] => [
    new nn.Conv2d(inputs, outputs, 3, { padding: 1 }), ...(regularized ? [new BatchNorm2d(outputs)] : []),
    new nn.ReLU(), new nn.MaxPool2d(2),
  ];
  return new nn.Sequential(
    ...block(1, 16), ...block(16, 32), new nn.Flatten(),
    new nn.Linear(32 * 7 * 7, 128), new nn.ReLU(), ...(regularized ? [new Dropout({ p: 0.5 })] : []), new nn.Linear(128, classes));
}

export const buildModel = (name: ModelName, run: RunName, classes: number): nn.Sequential =>
  (name === 'mlp' ? mlp : cnn)(run === 'regularized', classes);

/** What the network takes: rows of pixels, or images. */
export const layoutOf = (name: ModelName): 'flat' | 'image' => (name === 'mlp' ? 'flat' : 'image');
