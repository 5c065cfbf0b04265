/** The data of the examples: two spirals, one in the other, which no straight line parts. */
import { type ArrayDataset, arrayDataset, random } from '@parsimony/core';

/** `size` points [2] of two classes, around the spirals by a little noise; another seed gives other points. */
export function spirals(size: number, seed: number): ArrayDataset {
  const key = random.key(seed);
  const [along, noise] = [random.uniform(random.foldIn(key, 'along'), size), random.normal(random.foldIn(key, 'noise'), 2 * size)];
  const inputs = new Float32Array(2 * size);
  const labels = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    const label = i % 2;
    const angle = Math.PI * (0.5 + 2.5 * Math.sqrt(along[i] ?? 0));
    const radius = angle / (3 * Math.PI) * (label === 0 ? 1 : -1);
    inputs[2 * i] = radius * Math.cos(angle) + 0.02 * (noise[2 * i] ?? 0);
    inputs[2 * i + 1] = radius * Math.sin(angle) + 0.02 * (noise[2 * i + 1] ?? 0);
    labels[i] = label;
  }
  return arrayDataset({ inputs, shape: [2], labels, numClasses: 2 });
}
