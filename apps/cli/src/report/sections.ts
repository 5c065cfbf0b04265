/** The parts of a report, each from its data. */
import type { Advice } from '@parsimony/advisor';
import { reliabilitySvg } from '@parsimony/label-smoothing';
import { figuresText } from '../train/advice';
import type { Comparison } from '../train/results';
import type { ConfigRow } from '../train/describe';
import type { AugmentedSamples } from './augmented';
import { bestEpoch, type Charts, runLabel } from './charts';
import { Html, html, none } from './html';
import type { Predictions } from './predictions';
import type { RunRecord } from './record';

const percent = (x: number, digits = 2): string => `${(100 * x).toFixed(digits)} %`;

export const headline = (comparisons: readonly Comparison[]): Html => (comparisons.length === 0 ? none : html`
<ul class="headline">${comparisons.map(({ model, plain, regularized, reduction }) => html`<li class="card">
  <span class="soft">${model}: errors on the test images</span>
  <strong>${percent(plain)} → ${percent(regularized)}</strong>
  <span class="soft">${(100 * Math.abs(reduction)).toFixed(0)} % ${reduction >= 0 ? 'fewer' : 'more'} with the regularizers than without</span></li>`)}</ul>`);

export const results = (header: readonly string[], rows: readonly (readonly string[])[], note: string): Html => html`
<section id="results"><h2>Results</h2>
<div class="card scroll">${grid(header, rows)}</div>
<p class="soft">${note}</p></section>`;

/** A table whose first two columns are text. */
function grid(header: readonly string[], rows: readonly (readonly string[])[]): Html {
  const cell = (tag: 'th' | 'td') => (text: string, column: number): Html => (column < 2 ? html`<${new Html(tag)} class="text">${text}</${new Html(tag)}>` : html`<${new Html(tag)}>${text}</${new Html(tag)}>`);
  return html`<table class="results"><thead><tr>${header.map(cell('th'))}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map(cell('td'))}</tr>
`)}</tbody></table>`;
}

export const curves = ({ groups, charts }: Charts): Html => html`
<section id="curves"><h2>Curves</h2>
<div id="legend">${groups.map(({ label, colour, dashed }, i) => html`<button type="button" data-group="${i}" aria-pressed="true"><span class="swatch${dashed ? ' dashed' : ''}" style="--colour: var(--c${colour % 6})">${label}</span></button>`)}</div>
<p class="soft">By epoch. A ring marks the best epoch of each run: that of the weights it kept, or of the least validation loss. Training values are those of the batches as they were trained on, with what augmentation and dropout make of them.</p>
<div class="charts">${charts.map(({ title }, i) => html`<div class="card" id="chart-${i}"><h3>${title}</h3><div class="readout"></div><div class="plot"></div></div>`)}</div></section>`;

export const runsTable = (records: readonly RunRecord[]): Html => html`
<section id="runs"><h2>Runs</h2><div class="card scroll"><table class="runs"><thead><tr><th class="text">run</th><th>best epoch</th><th>epochs</th><th>test %</th><th class="text">ended</th></tr></thead>
<tbody>${records.map((r) => html`<tr><td class="text">${runLabel(r)}</td><td>${bestEpoch(r)}</td><td>${r.outcome.epochs}</td><td>${(100 * r.outcome.test).toFixed(2)}</td><td class="text soft">${r.outcome.reason}</td></tr>
`)}</tbody></table></div></section>`;

/** Runs with advice, each with the figures that triggered it; of many seeds the same verdict is said for each, with its own figures. */
export function advice(all: readonly { readonly record: RunRecord; readonly advices: readonly Advice[] }[]): Html {
  const advised = all.filter(({ advices }) => advices.length > 0);
  return html`
<section id="advice"><h2>Advice</h2>${advised.length === 0 ? html`<p class="soft">Nothing to advise on: the fit, its stability and its configuration gave no cause.</p>` : html`<p class="soft">The first of a run comes first; follow one at a time.</p>`}${advised.map(({ record, advices }) => html`
<div class="card"><h3>${runLabel(record)}</h3><ul class="findings">${advices.map((one) => html`<li><span class="${one.severity}">${one.verdict}</span> ${one.message}
<br>Change: ${one.change.summary}. <code>${JSON.stringify(one.change.patch)}</code><br><span class="soft">Figures: ${figuresText(one)}. Source: ${one.source}</span></li>`)}</ul></div>`)}</section>`;
}

export const augmented = (all: readonly AugmentedSamples[]): Html => (all.length === 0 ? none : html`
<section id="augmented"><h2>Augmented samples</h2>${all.map(({ model, run, by, images }) => html`
<div class="card"><h3>${model} ${run}</h3><p class="soft">Above a training image, below it what the network is given in its place at three steps. By ${by.join(', ')}.</p>
<ul class="pictures pairs">${images.map(({ before, after }) => html`<li><img alt="training image" src="${before}">${after.map((src) => html`<img alt="augmented" src="${src}">`)}</li>`)}</ul></div>`)}</section>`);

export function answers(records: readonly RunRecord[]): Html {
  const known = records.flatMap((record) => (record.predictions ? [{ record, predictions: record.predictions }] : []));
  if (known.length === 0) return none;
  return html`
<section id="answers"><h2>Answers on the test images</h2>${known.map(({ record, predictions }, i) => html`
<details class="card"${i === known.length - 1 ? html` open` : none}><summary>${runLabel(record)}: ${percent(record.outcome.test)} right</summary>
${confusion(predictions)}${reliability(predictions)}${mostWrong(predictions)}</details>`)}</section>`;
}

function confusion({ confusion: counts }: Predictions): Html {
  const most = counts.map((row) => Math.max(1, row.reduce((a, b) => a + b, 0)));
  return html`<h3>Confusion matrix</h3><p class="soft">Rows are the true classes, columns the answers; colour is the square root of the share of the row, so that few errors show too.</p>
<div class="scroll"><table class="confusion"><thead><tr><th></th>${counts.map((_, c) => html`<th>${c}</th>`)}</tr></thead>
<tbody>${counts.map((row, truth) => html`<tr><th>${truth}</th>${row.map((n, answer) => {
    // The square root makes one in a hundred visible.
    const share = Math.sqrt(n / (most[truth] ?? 1));
    return html`<td class="${n === 0 ? 'zero' : share > 0.6 ? 'dark' : ''}" style="--share: ${share.toFixed(2)}" title="${`${n} images of ${truth} answered ${answer}`}">${n}</td>`;
  })}</tr>
`)}</tbody></table></div>`;
}

/** As an image, so that its style stays its own. */
const reliability = ({ reliability: diagram }: Predictions): Html => (diagram === undefined ? none : html`<h3>Reliability</h3>
<p class="soft">How often answers are right, by the probability the network gave them: below the diagonal it is surer than it is right. Below, the share of the answers.</p>
<p><img class="reliability" alt="Reliability diagram, expected calibration error ${percent(diagram.expectedCalibrationError)}" src="${`data:image/svg+xml,${encodeURIComponent(reliabilitySvg(diagram))}`}"></p>`);

const mostWrong = ({ mostWrong: wrong }: Predictions): Html => html`<h3>Most wrong</h3>${wrong.length === 0 ? html`<p>No errors.</p>` : html`
<p class="soft">The surest wrong answers: the true class, the answer, and the probability the network gave it.</p>
<ul class="pictures wrong">${wrong.map(({ id, truth, answer, probability, image }) => html`<li>${image === null ? none : html`<img alt="test image ${id}" src="${image}">`}<b>${truth}</b>, not ${answer}<br>${percent(probability, 1)}</li>`)}</ul>`}`;

/** Plans are the same for every seed: one for each network and run. */
export function plans(records: readonly RunRecord[]): Html {
  const first = records.filter((r, i) => records.findIndex((o) => o.outcome.model === r.outcome.model && o.outcome.run === r.outcome.run) === i);
  return html`
<section id="plans"><h2>Plans</h2>${first.map(({ outcome, findings, explained }) => html`
<details class="card"><summary>${outcome.model} ${outcome.run}: ${findings.length === 0 ? 'no findings' : `${findings.length} finding${findings.length === 1 ? '' : 's'}`}</summary>
<ul class="findings">${findings.map(({ severity, code, message, hint }) => html`<li><span class="${severity}">${severity}</span> ${code}: ${message}${hint === undefined ? none : html` <span class="soft">${hint}</span>`}</li>`)}</ul>
<pre>${explained}</pre></details>`)}</section>`;
}

export const configuration = (rows: readonly ConfigRow[]): Html => html`
<section id="configuration"><h2>Configuration</h2><div class="card"><table class="config"><thead><tr><th class="text">key</th><th class="text">value</th><th class="text">from</th></tr></thead>
<tbody>${rows.map(({ key, value, from }) => html`<tr><td class="text">${key}</td><td class="value">${value}</td><td class="text soft">${from}</td></tr>
`)}</tbody></table></div></section>`;
