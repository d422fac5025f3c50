/** How the page looks: light, dark, narrow and printed. */
export const STYLE = `:root {
  color-scheme: light dark;
  --paper: #fff;
  --ink: #1f2933;
  --soft: #52606d;
  --line: #d5dbe1;
  --tint: #f5f7f9;
  --link: #005a94;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14181c;
    --ink: #e6eaee;
    --soft: #a3afba;
    --line: #38424c;
    --tint: #1c2228;
    --link: #7cc4f5;
  }
}
* { box-sizing: border-box; }
html { font: 400 1.0625rem/1.55 'Source Sans 3', system-ui, sans-serif; background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { max-width: 59rem; margin: 0 auto; padding: 2rem 1rem 4rem; overflow-wrap: anywhere; }
h1, h2 { line-height: 1.2; font-weight: 600; text-wrap: balance; }
h1 { font-size: 2rem; margin: 0 0 .75rem; }
h2 { font-size: 1.4rem; margin: 3rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
p, ul, ol, dl { max-width: 44rem; margin: .6rem 0; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.about { display: flex; flex-wrap: wrap; gap: .1rem 1.5rem; color: var(--soft); font-size: .94rem; max-width: none; }
.about div { display: flex; gap: .4rem; }
.about dt::after { content: ':'; }
.about dd { margin: 0; color: var(--ink); font-variant-numeric: tabular-nums; }
.summary { background: var(--tint); border-left: 4px solid var(--link); padding: .9rem 1.2rem; margin: 1.5rem 0; }
.summary h2, nav h2 { margin: 0; padding: 0; border: 0; font-size: 1.1rem; }
.summary li { margin: .35rem 0; }
nav ol { columns: 18rem; padding-left: 1.4rem; margin-top: .4rem; }
figure { margin: 2rem 0 1rem; }
figcaption { font-weight: 600; margin-bottom: .5rem; }
figcaption .note { font-weight: 400; }
.card { background: #fff; border: 1px solid var(--line); border-radius: 6px; padding: .9rem; overflow-x: auto; width: fit-content; max-width: 100%; }
.card svg { display: block; width: calc(1.25 * var(--width)); min-width: calc(.85 * var(--width)); max-width: 100%; height: auto; font-family: 'Source Sans 3', system-ui, sans-serif; }
.table { overflow-x: auto; max-height: 36rem; margin: 1rem 0 .4rem; width: fit-content; max-width: 100%; border-bottom: 1px solid var(--line); }
.table.short { max-height: none; }
table { border-collapse: collapse; font-size: .94rem; line-height: 1.35; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: 0 .6rem .35rem 0; }
th, td { padding: .3rem .7rem; text-align: left; vertical-align: baseline; border-top: 1px solid var(--line); }
thead th { position: sticky; top: 0; background: var(--paper); color: var(--soft); font-weight: 600; vertical-align: bottom; border-top: 0; border-bottom: 2px solid var(--line); }
thead td { border-top: 0; border-bottom: 2px solid var(--line); }
tbody th { font-weight: 400; min-width: 9rem; max-width: 26rem; }
td { max-width: 26rem; }
.figure { text-align: right; white-space: nowrap; }
th.figure { white-space: normal; overflow-wrap: normal; }
.interval { color: var(--soft); font-size: .88em; }
.note { color: var(--soft); font-size: .9rem; }
@media print {
  @page { margin: 16mm; }
  html { font-size: 10pt; }
  body { max-width: none; padding: 0; }
  .table { overflow: visible; max-height: none; }
  .card { border: 0; padding: 0; overflow: visible; }
  .card svg { width: var(--width); }
  h2, figcaption, caption, thead { break-after: avoid; }
  figure, tr, .summary, .short { break-inside: avoid; }
  tbody tr:first-child { break-before: avoid; }
  table { font-size: 9pt; }
  th, td { padding: .2rem .5rem; }
  thead th { position: static; }
  a { color: inherit; }
}
`
