import type { Block, Exclusion, Report, Section } from './document.ts'
import type { Figure } from './figure.ts'
import { drawFigure } from './figures/figure-svg.ts'
import { fontFaces } from './figures/font-face.ts'
import type { Fonts } from './figures/read-fonts.ts'
import { escapeMarkup } from './report-escape.ts'
import { STYLE } from './report-html-style.ts'
import { htmlTable } from './report-html-table.ts'

/** The report as one HTML file that asks for nothing else: no script, no request, its own fonts and figures. */
export async function renderHtml(report: Report, fonts: Fonts): Promise<string> {
  const sections: string[] = []
  for (const section of report.sections) sections.push(await sectionHtml(section, fonts))
  const body = [
    '<header>',
    `<h1>${escapeMarkup(report.title)}</h1>`,
    aboutHtml(report.about),
    '</header>',
    '<main>',
    summaryHtml(report.summary),
    contentsHtml(report),
    leftOutHtml(report.excluded),
    ...sections,
    '</main>',
  ]
    .filter((part) => part !== '')
    .join('\n')
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeMarkup(report.title)}</title>`,
    `<style>\n${fontFaces(fonts, body)}\n${STYLE}</style>`,
    '</head>',
    '<body>',
    body,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

/** Nothing from elsewhere, and no script. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"

const aboutHtml = (about: Report['about']): string =>
  about.length === 0
    ? ''
    : `<dl class="about">\n${about.map(([name, value]) => `<div><dt>${escapeMarkup(name)}</dt><dd>${escapeMarkup(value)}</dd></div>`).join('\n')}\n</dl>`

const summaryHtml = (summary: readonly string[]): string =>
  summary.length === 0
    ? ''
    : `<section class="summary" aria-labelledby="summary">\n<h2 id="summary">In short</h2>\n<ul>\n${summary.map((sentence) => `<li>${escapeMarkup(sentence)}</li>`).join('\n')}\n</ul>\n</section>`

function contentsHtml({ sections, excluded }: Report): string {
  const entries = [
    ...(excluded.length === 0 ? [] : [['left-out', 'Left out'] as const]),
    ...sections.map(({ id, title }) => [`section-${id}`, title] as const),
  ]
  if (entries.length < 2) return ''
  const items = entries.map(
    ([id, title]) => `<li><a href="#${escapeMarkup(id)}">${escapeMarkup(title)}</a></li>`,
  )
  return `<nav aria-labelledby="contents">\n<h2 id="contents">Contents</h2>\n<ol>\n${items.join('\n')}\n</ol>\n</nav>`
}

function leftOutHtml(excluded: readonly Exclusion[]): string {
  if (excluded.length === 0) return ''
  const rows = excluded.map(({ runs, why, from }) => [runs, why, from])
  const table = htmlTable({
    id: 'left-out',
    title: 'Runs no figure rests on, and why',
    columns: [
      { key: 'runs', head: 'runs', unit: 'count' },
      { key: 'why', head: 'why', unit: 'text' },
      { key: 'from', head: 'left out of', unit: 'text' },
    ],
    rows,
    note: '',
  })
  return `<section aria-labelledby="left-out">\n<h2 id="left-out">Left out</h2>\n${table}\n</section>`
}

async function sectionHtml({ id, title, words, blocks }: Section, fonts: Fonts): Promise<string> {
  const heading = `section-${escapeMarkup(id)}`
  const parts = [`<section aria-labelledby="${heading}">`, `<h2 id="${heading}">${escapeMarkup(title)}</h2>`]
  parts.push(...words.map((sentence) => `<p>${escapeMarkup(sentence)}</p>`))
  for (const block of blocks) parts.push(await blockHtml(block, fonts))
  return [...parts, '</section>'].join('\n')
}

async function blockHtml(block: Block, fonts: Fonts): Promise<string> {
  if (block.kind === 'table') return htmlTable(block.table)
  return `${await figureHtml(block.figure, fonts)}\n${htmlTable(block.table)}`
}

async function figureHtml(figure: Figure, fonts: Fonts): Promise<string> {
  const { svg, width, notes } = await drawFigure(figure, fonts)
  const id = `figure-${escapeMarkup(figure.id)}`
  return [
    `<figure id="${id}">`,
    `<figcaption>${escapeMarkup(figure.title)}${noteHtml(notes)}</figcaption>`,
    `<div class="card" style="--width:${width}px" role="group" aria-labelledby="${id}-title" tabindex="0">${svg}</div>`,
    '</figure>',
  ].join('\n')
}

const noteHtml = (notes: readonly string[]): string =>
  notes.length === 0 ? '' : ` <span class="note">${escapeMarkup(notes.join(' '))}</span>`
