/** What the page runs: one uPlot for each chart, in the colours of the page, drawn again when those change. */

export const script = String.raw`
'use strict';
(() => {
  const { epochs, groups, charts } = JSON.parse(document.getElementById('charts-data').textContent);
  const x = Array.from({ length: epochs }, (_, i) => i + 1);
  const hidden = new Set();
  const plots = [];
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colour = (group) => css('--c' + groups[group].colour % 6);
  const short = (v) => v == null ? '–' : v === 0 ? '0' : Math.abs(v) < 1e-4 || Math.abs(v) >= 1e5 ? (+v.toPrecision(3)).toExponential() : String(+v.toPrecision(3));
  const ranges = {};
  for (const chart of charts) for (const line of chart.lines) for (const v of line.values) {
    if (v === null) continue;
    const r = ranges[chart.scale] ??= [Infinity, -Infinity];
    r[0] = Math.min(r[0], v);
    r[1] = Math.max(r[1], v);
  }

  function readout(box, chart, index) {
    const note = box.querySelector('.readout');
    note.replaceChildren();
    const lead = document.createElement('span');
    lead.textContent = index == null ? 'best epoch' : 'epoch ' + x[index];
    note.append(lead);
    groups.forEach((group, g) => {
      // Runs of several seeds by their mean.
      const values = chart.lines.filter((line) => line.group === g).map((line) => line.values[index == null ? line.best - 1 : index]).filter((v) => v != null);
      if (hidden.has(g) || values.length === 0) return;
      const item = document.createElement('span');
      item.className = 'swatch' + (group.dashed ? ' dashed' : '');
      item.style.setProperty('--colour', colour(g));
      item.title = group.label;
      item.textContent = short(values.reduce((sum, v) => sum + v, 0) / values.length);
      note.append(item);
    });
  }

  function marks(chart) {
    return (u) => {
      const { ctx } = u;
      ctx.save();
      for (const line of chart.lines) {
        const value = line.values[line.best - 1];
        if (hidden.has(line.group) || value == null) continue;
        ctx.beginPath();
        ctx.arc(u.valToPos(line.best, 'x', true), u.valToPos(value, 'y', true), 4.5 * devicePixelRatio, 0, 2 * Math.PI);
        ctx.fillStyle = css('--card');
        ctx.fill();
        ctx.lineWidth = 2 * devicePixelRatio;
        ctx.strokeStyle = colour(line.group);
        ctx.stroke();
      }
      ctx.restore();
    };
  }

  function draw(chart) {
    const box = document.getElementById('chart-' + charts.indexOf(chart));
    const place = box.querySelector('.plot');
    const [low, high] = ranges[chart.scale];
    const pad = high > low ? (high - low) * 0.06 : (Math.abs(high) || 1) / 2;
    const axis = { stroke: css('--soft'), grid: { stroke: css('--grid'), width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
    const many = chart.lines.length > 8;
    const u = new uPlot({
      width: place.clientWidth, height: 220, legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { size: 7 }, sync: { key: 'epochs', scales: ['x', null] } },
      scales: { x: { time: false, range: () => [1, Math.max(2, epochs)] }, y: { range: () => [low - pad, high + pad] } },
      axes: [{ ...axis, size: 30, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] }, { ...axis, size: 58, values: (_, values) => values.map(short) }],
      series: [{}, ...chart.lines.map((line) => ({
        label: line.label, show: !hidden.has(line.group), stroke: colour(line.group), width: many ? 1 : 2, alpha: many ? 0.6 : 1,
        points: { show: epochs < 3 }, spanGaps: true, ...(groups[line.group].dashed ? { dash: [6, 4] } : {}),
      }))],
      hooks: { draw: [marks(chart)], setCursor: [(at) => readout(box, chart, at.cursor.left >= 0 ? at.cursor.idx : null)] },
    }, [x, ...chart.lines.map((line) => line.values)], place);
    plots.push({ u, place });
    readout(box, chart, null);
  }

  function drawAll() {
    for (const { u } of plots.splice(0)) u.destroy();
    for (const chart of charts) draw(chart);
  }

  for (const button of document.querySelectorAll('#legend button')) {
    button.addEventListener('click', () => {
      const group = Number(button.dataset.group);
      if (!hidden.delete(group)) hidden.add(group);
      button.setAttribute('aria-pressed', String(!hidden.has(group)));
      drawAll();
    });
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  addEventListener('resize', () => { for (const { u, place } of plots) u.setSize({ width: place.clientWidth, height: 220 }); });
  addEventListener('beforeprint', drawAll);
  drawAll();
})();
`;
