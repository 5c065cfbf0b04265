/** The page's looks: one column on a phone, dark and light by the reader's setting. What is wider than the page scrolls in its own box, with a shadow where there is more. */

export const style = `
:root { color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #1c2330; --soft: #5b6678; --line: #dde2ea; --grid: #edf0f4; --shade: rgb(28 35 48 / .2); --strong: 37 99 235;
  --warn: #9a5b00; --error: #b3261e; --c0: #1f6feb; --c1: #d9620b; --c2: #14866d; --c3: #a03bb5; --c4: #b8860b; --c5: #5d6d7e; }
@media (prefers-color-scheme: dark) { :root {
  --page: #11151c; --card: #1a2029; --text: #e6eaf0; --soft: #98a3b5; --line: #2d3644; --grid: #252d39; --shade: rgb(0 0 0 / .6); --strong: 96 165 250;
  --warn: #f0b45a; --error: #ff8a80; --c0: #6cb0ff; --c1: #ff9d57; --c2: #4fd0ae; --c3: #d894ea; --c4: #e6c14f; --c5: #a3b1c2; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); overflow-wrap: break-word; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 1.15rem; margin: 40px 0 12px; }
h3 { font-size: 1rem; margin: 20px 0 8px; }
.card > h3:first-child { margin-top: 0; }
p { margin: 0 0 12px; }
.soft { color: var(--soft); font-size: .9rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; min-width: 0; }
.headline { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(min(260px, 100%), 1fr)); margin: 20px 0 0; padding: 0; list-style: none; }
.headline strong { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.scroll, pre { overflow-x: auto; background: linear-gradient(to right, var(--card) 30%, transparent) left / 32px 100% no-repeat local, linear-gradient(to left, var(--card) 30%, transparent) right / 32px 100% no-repeat local,
  linear-gradient(to right, transparent 1px, var(--shade) 1px, transparent) left / 12px 100% no-repeat scroll, linear-gradient(to left, transparent 1px, var(--shade) 1px, transparent) right / 12px 100% no-repeat scroll, var(--card); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: 6px 10px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 0; }
th { color: var(--soft); font-weight: 500; }
th.text, td.text { text-align: left; }
td.soft { font-size: inherit; }
.card + p { margin-top: 8px; }
.results td:first-child { white-space: normal; max-width: 12em; }
.runs td.text { white-space: normal; overflow-wrap: anywhere; min-width: 88px; }
.config td { white-space: normal; text-align: left; }
.config td:last-child { max-width: 12em; }
.config td.value { overflow-wrap: anywhere; font-family: ui-monospace, monospace; font-size: .92em; }
#legend { display: flex; flex-wrap: wrap; gap: 8px; margin: 0 0 12px; }
#legend button { font: inherit; font-size: .9rem; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 999px; padding: 4px 12px; cursor: pointer; }
#legend button[aria-pressed=false] { opacity: .45; }
#legend button { max-width: 100%; text-align: left; }
.readout .swatch { white-space: nowrap; }
.swatch::before { content: ''; display: inline-block; width: 18px; margin-right: 6px; vertical-align: middle; border-top: 3px solid var(--colour); }
.swatch.dashed::before { border-top-style: dashed; }
.charts { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr)); }
.charts h3 { margin: 0; overflow-wrap: anywhere; }
.readout { min-height: 1.5em; margin: 2px 0 6px; color: var(--soft); font-size: .82rem; font-variant-numeric: tabular-nums; display: flex; flex-wrap: wrap; gap: 2px 12px; }
.pictures { display: grid; gap: 10px; grid-template-columns: repeat(auto-fill, minmax(84px, 1fr)); margin: 0; padding: 0; list-style: none; }
.pictures img { display: block; width: 100%; image-rendering: pixelated; border-radius: 4px; border: 1px solid var(--line); }
.pictures li { font-size: .78rem; line-height: 1.35; color: var(--soft); }
.pairs { grid-template-columns: repeat(auto-fill, minmax(64px, 1fr)); }
.pairs img + img { margin-top: 4px; }
.pairs img:first-child { margin-bottom: 8px; }
.pictures b { color: var(--text); }
details, .card + .card { margin: 0 0 12px; }
.card + .card:not(details) { margin-top: 12px; }
.charts .card + .card, .headline .card + .card { margin: 0; }
summary { cursor: pointer; font-weight: 500; }
details[open] > summary { margin-bottom: 12px; }
.confusion { width: auto; font-size: .8rem; table-layout: fixed; }
.confusion th, .confusion td { padding: 3px 0; min-width: 27px; width: 38px; text-align: center; border: 1px solid var(--card); }
.confusion td { background: rgb(var(--strong) / var(--share, 0)); }
.confusion td.dark { color: #fff; }
.confusion td.zero { color: transparent; }
@media (prefers-color-scheme: dark) { .confusion td.dark { color: #0b1220; } }
pre { margin: 0; font: .78rem/1.5 ui-monospace, monospace; }
.findings { margin: 0 0 12px; padding: 0; list-style: none; font-size: .9rem; }
.findings li { padding: 6px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.findings li:last-child { border-bottom: 0; }
.warning { color: var(--warn); font-weight: 600; } .error { color: var(--error); font-weight: 600; } .info { color: var(--soft); font-weight: 600; }
@media (max-width: 480px) { main { padding: 16px 10px 40px; } .card { padding: 12px; } th, td { padding: 6px 3px; } table { font-size: .74rem; } .scroll { padding: 6px; } th { hyphens: auto; } th, td.text { white-space: normal; } .results td { white-space: normal; } .pairs { gap: 6px; grid-template-columns: repeat(5, 1fr); } .confusion th, .confusion td { padding: 3px 0; } h1 { font-size: 1.35rem; } }
`;
