// `npm run bench -- --neighbours [ROWS]`: what finding the 5 nearest of 100,000 rows of 20 columns takes, each row against all others, as
// part of SMOTE: on rows that are alike in every direction, where no group of rows can be passed over, and on rows of fewer dimensions.
import { random, useBackend } from '@parsimony/core';
import { smote } from '@parsimony/augment/tabular';

const rows = Number(process.argv.at(-1)) || 100_000;
const columns = 20;

/** @param {number} dimensions of which each column is a mixture, with a little noise */
function mixtures(dimensions) {
  const hidden = random.normal(random.key(1), rows * dimensions);
  const weights = random.normal(random.key(2), columns * dimensions);
  return random.normal(random.key(3), rows * columns, { std: 0.1 }).map((noise, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return noise + Array.from({ length: dimensions }, (_, d) => (hidden[row * dimensions + d] ?? 0) * (weights[column * dimensions + d] ?? 0)).reduce((a, b) => a + b, 0);
  });
}

const tables = { 'uniform in 20 dimensions': random.uniform(random.key(1), rows * columns), 'mixtures of 5 dimensions': mixtures(5), 'mixtures of 10 dimensions': mixtures(10) };
console.log(`${rows.toLocaleString('en')} rows of ${columns} columns, a new row from each. Node ${process.version}.\n`);
console.log('| rows | threads | s | processor, s |\n|---|---|---|---|');
for (const threads of [1, 2]) {
  await useBackend('wasm', { threads });
  for (const [name, inputs] of Object.entries(tables)) {
    const [start, used] = [performance.now(), process.cpuUsage()];
    await smote({ inputs, labels: new Int32Array(rows), columns }, random.key(4), { sampling: { 0: 2 * rows } });
    const { user, system } = process.cpuUsage(used);
    console.log(`| ${name} | ${threads} | ${((performance.now() - start) / 1000).toFixed(1)} | ${((user + system) / 1e6).toFixed(1)} |`);
  }
}
