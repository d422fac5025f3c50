/** How the pages look: light, dark, narrow and printed. The colours of the reports, so that both are known again. */
export const PAGE_STYLE = `:root {
  color-scheme: light dark;
  --paper: #fff;
  --ink: #1f2933;
  --soft: #52606d;
  --line: #d5dbe1;
  --tint: #f5f7f9;
  --link: #005a94;
  --span: #a9cfe8;
  --mid: #00466e;
  --dot: #1f2933;
  --over: #b23a00;
  --good: #00684c;
  --on-link: #fff;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14181c;
    --ink: #e6eaee;
    --soft: #a3afba;
    --line: #38424c;
    --tint: #1c2228;
    --link: #7cc4f5;
    --span: #24587c;
    --mid: #9bd3f7;
    --dot: #f2f5f8;
    --over: #ff9d6b;
    --good: #5fd0ab;
    --on-link: #0c1a24;
  }
}
* { box-sizing: border-box; }
html { font: 400 1rem/1.5 'Source Sans 3', system-ui, sans-serif; background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { max-width: 80rem; margin: 0 auto; padding: 0 1rem; overflow-wrap: anywhere; min-height: 100vh; display: flex; flex-direction: column; }
main { flex: 1; padding: 1.25rem 0 3rem; }
main:focus, section:focus { outline: 0; }
h1, h2, h3, h4 { line-height: 1.25; font-weight: 600; margin: 0; text-wrap: balance; }
h1 { font-size: 1.7rem; margin-bottom: .75rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 .6rem; }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
h4 { font-size: .94rem; color: var(--soft); margin-top: .5rem; }
p, ul, ol, dl { margin: .5rem 0; }
main p, main ul, main ol { max-width: 46rem; }
a { color: var(--link); text-underline-offset: .28em; }
code, pre { font: .9em/1.45 ui-monospace, 'DejaVu Sans Mono', monospace; }
pre { background: var(--tint); border: 1px solid var(--line); border-radius: 4px; padding: .7rem .9rem; overflow-x: auto; margin: .5rem 0; overflow-wrap: normal; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .4rem .8rem; z-index: 2; }
.top { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1.5rem; border-bottom: 1px solid var(--line); padding: .9rem 0 .6rem; }
.brand { font-weight: 600; font-size: 1.05rem; margin: 0; }
.top ul, footer ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: 0; }
.top a { color: var(--soft); text-decoration: none; padding: .35rem 0; display: inline-block; }
.top a:hover { color: var(--ink); text-decoration: underline; }
.top a[aria-current] { color: var(--ink); font-weight: 600; border-bottom: 2px solid var(--link); }
footer { display: flex; flex-wrap: wrap; gap: .4rem 1.25rem; align-items: center; border-top: 1px solid var(--line); padding: .8rem 0 1.5rem; color: var(--soft); font-size: .88rem; }
.split { display: grid; gap: 1.5rem 3rem; }
.split > section, .charts > figure { min-width: 0; }
.split > section > h2:first-child { margin-top: 0; }
@media (min-width: 64rem) {
  .split { grid-template-columns: 22rem minmax(0, 1fr); align-items: start; }
  .charts { display: grid; max-width: 72rem; grid-template-columns: 1fr 1fr; gap: 0 3rem; }
}
.lead { font-size: 1.1rem; }
.note, .hint, .why { color: var(--soft); font-size: .9rem; }
.why { font-size: .86rem; }
.hint { margin: 0 0 .2rem; }
.summary, .warning, .errors, .empty { background: var(--tint); border-left: 4px solid var(--link); padding: .7rem 1.1rem; margin: 1rem 0; max-width: 60rem; }
.summary h2, .errors h2 { font-size: 1.05rem; margin: 0; }
.warning, .errors { border-left-color: var(--over); }
.errors a { color: var(--ink); }
.error { color: var(--over); margin: 0 0 .2rem; font-size: .94rem; }
label, legend { font-weight: 600; font-size: .94rem; }
legend { padding: 0; }
.field { border: 0; padding: 0; margin: 0 0 1rem; min-width: 0; }
.choices { list-style: none; padding: .5rem .7rem; margin: .2rem 0; max-height: 13rem; overflow-y: auto; border: 1px solid var(--line); border-radius: 4px; }
.choices label, .tick-box label, .bars label { font-weight: 400; }
.choices label { display: block; padding: .12rem 0; }
input[type=text], input[type=password], textarea, select { font: inherit; color: inherit; background: var(--paper); border: 1px solid #7b8794; border-radius: 4px; padding: .4rem .55rem; width: 100%; min-height: 2.4rem; display: block; }
textarea { resize: vertical; line-height: 1.4; }
[aria-invalid=true] { border-color: var(--over); border-width: 2px; }
button { font: inherit; font-weight: 600; color: var(--on-link); background: var(--link); border: 1px solid var(--link); border-radius: 4px; padding: .45rem 1.2rem; cursor: pointer; }
footer button { font-size: .88rem; font-weight: 400; padding: .1rem .6rem; background: transparent; color: var(--link); border-color: var(--line); }
button.danger { background: transparent; color: var(--over); border-color: var(--over); }
.sign-in { max-width: 26rem; }
.start { margin: 1rem 0; }
.start summary { font-weight: 600; }
.start form { padding-top: .7rem; }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(13rem, 100%), 1fr)); gap: 0 1.5rem; align-items: end; }
.start p { max-width: none; }
.filter { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; background: var(--tint); padding: .7rem 1rem; margin: 1rem 0; }
.filter p { margin: 0; flex: 1 1 8rem; }
.filter p.tick-box, .filter p:has(button) { flex: 0 0 auto; }
.filter p.tick-box { padding-bottom: .5rem; }
.filter p.note { flex: 1 0 100%; }
figure { margin: 1rem 0; max-width: 60rem; }
figcaption { color: var(--soft); font-size: .9rem; margin-bottom: .3rem; }
svg { font-family: inherit; }
.chart { display: block; overflow: visible; font-size: 13px; font-variant-numeric: tabular-nums; }
.chart text { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }
.chart .name { fill: var(--ink); }
.chart .value { fill: var(--ink); }
.chart .tick { fill: var(--soft); font-size: 12px; }
.grid { stroke: var(--line); }
.span { fill: var(--span); }
.middle { stroke: var(--mid); stroke-width: 2; }
.rule { stroke: var(--over); stroke-dasharray: 4 3; }
.interval-line { stroke: var(--mid); stroke-width: 2; }
.dot { fill: var(--dot); }
.chart .dot { fill: var(--mid); }
.above .dot { fill: var(--over); }
.open .dot { fill: var(--paper); stroke: var(--dot); stroke-width: 1.5; }
.place { display: inline-flex; align-items: center; gap: .6rem; }
.mark { flex: none; display: block; }
@media (max-width: 40rem) {
  .place { flex-direction: column; align-items: flex-start; gap: .15rem; }
}
.headline { font-size: 1.25rem; margin: .8rem 0; font-variant-numeric: tabular-nums; }
.above > span { color: var(--over); }
.open > span { color: var(--soft); }
.table { overflow-x: auto; margin: .8rem 0 .3rem; width: fit-content; max-width: 100%; border-bottom: 1px solid var(--line); }
table { border-collapse: collapse; font-size: .92rem; line-height: 1.35; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
caption { text-align: left; font-weight: 600; padding: 0 .6rem .35rem 0; }
th, td { padding: .35rem .8rem .35rem 0; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: .2rem; }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; border-top: 0; border-bottom: 2px solid var(--line); }
tbody th { font-weight: 400; min-width: 8rem; max-width: 24rem; overflow-wrap: anywhere; }
td { max-width: 26rem; }
.figure { text-align: right; white-space: nowrap; }
th.figure { white-space: normal; }
time { white-space: nowrap; }
details { margin: .4rem 0; }
summary { cursor: pointer; }
.columns { display: flex; flex-wrap: wrap; gap: 0 2.5rem; }
.columns > div { flex: 1 1 16rem; }
.reasons { list-style: none; padding: 0; margin: .2rem 0; }
.reasons li { display: flex; gap: .7rem; }
.factor { flex: none; width: 3.6rem; text-align: right; font-variant-numeric: tabular-nums; color: var(--soft); }
.facts { display: flex; flex-wrap: wrap; gap: .35rem 2.2rem; }
.facts div { min-width: 7rem; }
.facts dt { color: var(--soft); font-size: .88rem; }
.facts dd { margin: 0; font-variant-numeric: tabular-nums; }
.bars { list-style: none; padding: 0; }
.bars label { display: flex; flex-wrap: wrap; align-items: center; gap: .2rem .8rem; }
progress { width: 14rem; height: .8rem; accent-color: var(--link); }
.paging { display: flex; gap: 1.5rem; margin: 1rem 0; }
.route { border-top: 1px solid var(--line); padding-top: .8rem; margin-top: 1.6rem; }
.route h3 { margin: 0; font-weight: 400; }
.route .method { font-weight: 700; }
.contents { columns: 16rem; list-style: none; padding: 0; }
main .contents { max-width: none; }
@media print {
  @page { margin: 14mm; }
  html { font-size: 10pt; }
  body { max-width: none; padding: 0; }
  .top nav, .skip, form, .paging { display: none; }
  .split { display: block; }
  .table { overflow: visible; }
  figure, tr, .summary { break-inside: avoid; }
  h2, h3, figcaption, caption, thead { break-after: avoid; }
}
`
