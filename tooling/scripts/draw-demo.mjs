// Draws docs/demo.svg, the README's picture, from the outcomes of the demo:
//   npm run demo -- --seeds 3 --json demo.json && node tooling/scripts/draw-demo.mjs demo.json docs/demo.svg
import { readFileSync, writeFileSync } from 'node:fs';

const [source, target] = process.argv.slice(2);
if (!source || !target) throw new Error('usage: draw-demo.mjs RESULTS.json PICTURE.svg');
/** @type {{ config: { trainSize: number, seeds: number }, outcomes: { model: string, run: string, test: number, train: number }[] }} */
const { config, outcomes } = JSON.parse(readFileSync(source, 'utf8'));

const titles = { mlp: 'multilayer perceptron', cnn: 'convolutional network' };
const bars = ['mlp', 'cnn'].flatMap((model) => ['plain', 'regularized'].map((run) => {
  const errors = outcomes.filter((o) => o.model === model && o.run === run).map((o) => 100 * (1 - o.test));
  const gaps = outcomes.filter((o) => o.model === model && o.run === run).map((o) => 100 * (o.train - o.test));
  return { model, run, error: mean(errors), low: Math.min(...errors), high: Math.max(...errors), gap: mean(gaps) };
})).filter((bar) => Number.isFinite(bar.error));

const [left, top, rowHeight, scale] = [214, 58, 34, 380 / Math.max(...bars.map((bar) => bar.high))];
const rows = bars.map((bar, i) => {
  const y = top + i * rowHeight + (i >= 2 ? 22 : 0);
  const label = i % 2 === 0 ? `<text class="title" x="${left - 12}" y="${y + rowHeight + 1}" text-anchor="end">${titles[/** @type {'mlp' | 'cnn'} */ (bar.model)]}</text>` : '';
  const x = (/** @type {number} */ error) => (left + error * scale).toFixed(1);
  const spread = config.seeds > 1 ? `<path class="spread" d="M${x(bar.low)} ${y + 12}H${x(bar.high)}M${x(bar.low)} ${y + 8}v8M${x(bar.high)} ${y + 8}v8"/>` : '';
  return `${label}<rect class="${bar.run}" x="${left}" y="${y}" width="${(bar.error * scale).toFixed(1)}" height="24" rx="3"/>${spread}
  <text x="${Number(x(bar.high)) + 10}" y="${y + 17}">${bar.error.toFixed(2)} % ${bar.run}, gap ${bar.gap.toFixed(1)}</text>`;
});
const height = top + bars.length * rowHeight + 60;

writeFileSync(target, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 820 ${height}" width="820" height="${height}" role="img" aria-label="Test error of plain and regularized networks">
<style>
  text { font: 14px system-ui, sans-serif; fill: #24292f } .title { font-weight: 600 } .small { font-size: 12px; fill: #57606a }
  .plain { fill: #b8bfc8 } .regularized { fill: #2f81f7 } .spread { stroke: #24292f; stroke-width: 1.5; fill: none }
  .back { fill: #ffffff }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .small { fill: #9198a1 } .plain { fill: #59616b } .spread { stroke: #e6edf3 } .back { fill: #0d1117 } }
</style>
<rect class="back" width="820" height="${height}"/>
<text class="title" x="20" y="28">Test error on 10,000 digits after training on ${config.trainSize.toLocaleString('en')}</text>
${rows.join('\n')}
<text class="small" x="20" y="${height - 18}">${config.seeds > 1 ? `Mean of ${config.seeds} seeds, with the smallest and the largest. ` : ''}Gap: training accuracy minus test accuracy, in points.</text>
</svg>
`);
console.log(`Written to ${target}.`);

/** @param {number[]} values */
function mean(values) { return values.reduce((a, b) => a + b, 0) / values.length; }
