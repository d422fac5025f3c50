import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { csvParse } from 'd3-dsv'
import type { Cell, Report } from '../../../src/report/document.ts'
import { readFonts } from '../../../src/report/figures/read-fonts.ts'
import { renderCsv } from '../../../src/report/report-csv.ts'
import { figureFiles, type ReportFile } from '../../../src/report/report-files.ts'
import { renderHtml } from '../../../src/report/report-html.ts'
import { renderJson } from '../../../src/report/report-json.ts'
import { renderMarkdown } from '../../../src/report/report-markdown.ts'
import { renderText } from '../../../src/report/report-text.ts'
import { CHARTS, emptyReport, everyCell, HOSTILE, report, smallReport } from '../../fixtures/report.ts'

const fonts = readFonts()
const html = await renderHtml(report, fonts)

const withCell = (cell: Cell): Report => ({
  ...emptyReport,
  sections: [
    {
      id: 's',
      title: 'One cell',
      words: [],
      blocks: [
        {
          kind: 'table',
          table: {
            id: 't',
            title: 'T',
            columns: [{ key: 'cost_usd', head: 'cost', unit: 'usd' }],
            rows: [[cell]],
            note: '',
          },
        },
      ],
    },
  ],
})

describe('a report as HTML', () => {
  it('asks for nothing from elsewhere, has no script, and a policy that says so', () => {
    assert.match(
      html,
      /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:">/,
    )
    assert.doesNotMatch(html, /<(script|link|iframe|img|object|embed|base|form)\b|\son\w+=|javascript:/i)
    const addresses = [...html.matchAll(/(?:href|src|url)[=(]["']?([^"')\s]+)/g)].map(
      ([, address = '']) => address,
    )
    assert.ok(addresses.length > 3)
    assert.ok(addresses.every((address) => /^(#|data:font\/ttf;base64,)/.test(address)))
  })

  it('shows text of others as text, in tables and in figures', () => {
    assert.ok(html.includes('&lt;script&gt;alert(1)&lt;/script&gt;'))
    assert.ok(html.includes(HOSTILE.long))
    assert.doesNotMatch(html, /[\u202a-\u202e]/)
    assert.equal(html.isWellFormed(), true)
  })

  it('has ids that are there once, links that lead somewhere, and headings in order', () => {
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
    assert.deepEqual(ids.length, new Set(ids).size)
    for (const [, id = ''] of html.matchAll(/(?:href="#|url\(#)([^")]+)/g)) assert.ok(ids.includes(id), id)
    for (const [, list = ''] of html.matchAll(/aria-labelledby="([^"]+)"/g)) {
      for (const id of list.split(' ')) assert.ok(ids.includes(id), id)
    }
    const levels = [...html.matchAll(/<h(\d)/g)].map(([, level]) => Number(level))
    assert.deepEqual([levels[0], new Set(levels.slice(1))], [1, new Set([2])])
  })

  it('shows each figure once, as an image with title and description, over its table', () => {
    const images = [
      ...html.matchAll(/<svg [^>]*role="img"[^>]*><title [^>]*>[^<]+<\/title><desc [^>]*>[^<]+<\/desc>/g),
    ]
    assert.equal(images.length, Object.keys(CHARTS).length)
    for (const id of Object.keys(CHARTS)) {
      assert.ok(html.indexOf(`id="figure-${id}"`) < html.indexOf(`id="table-${id}-table"`))
    }
  })

  it('says in words why a cell is empty, and what was left out', () => {
    assert.ok(html.includes('<p class="note">¹ one run only · ² no prices</p>'))
    assert.ok(html.includes('<td class="figure">–¹</td>'))
    assert.ok(html.includes('output tokens unknown'))
  })

  it('is the same bytes each time', async () => {
    assert.equal(await renderHtml(report, fonts), html)
  })

  it('can be empty', async () => {
    assert.match(await renderHtml(emptyReport, fonts), /<td colspan="2">no rows<\/td>/)
  })
})

describe('a report as Markdown', () => {
  const markdown = renderMarkdown(report, { figures: 'my figures (1)' })

  it('escapes text of others, and names the figures where they are written', () => {
    assert.doesNotMatch(markdown, /<script|[\u202a-\u202e]/)
    assert.ok(markdown.includes('![What is to be seen in bars.](<my%20figures%20(1)/bars.png>)'))
    assert.doesNotMatch(renderMarkdown(report, { figures: null }), /!\[/)
  })

  it('has as many cells in each row as in the head', () => {
    for (const block of markdown.split('\n\n').filter((part) => part.startsWith('| '))) {
      const widths = block
        .trim()
        .split('\n')
        .map((line) => line.split(/(?<!\\)\|/).length)
      assert.equal(new Set(widths).size, 1, block)
    }
  })

  it('leaves no dollar that begins mathematics', () => {
    assert.doesNotMatch(markdown, /(?<!\\)\$/)
  })
})

describe('a report as text', () => {
  it('fits the terminal', () => {
    for (const columns of [40, 60, 80, 200]) {
      const long = renderText(report, columns)
        .split('\n')
        .filter((line) => line.length > columns && line.includes(' '))
      assert.deepEqual(long, [])
    }
  })

  it('continues a table below where it is too wide, and leaves nothing of it out', () => {
    for (const columns of [60, 80, 220]) {
      const text = renderText(report, columns)
      for (const words of ['67.4 % [60.1, 73.1]', '$0.35 [$0.30, $0.42]', 'p < .001', '−12,346']) {
        assert.ok(text.includes(words), `${columns}: ${words}`)
      }
      assert.equal(text.match(/^gpt-5 {2}/gm)?.length, { 60: 6, 80: 4, 220: 1 }[columns])
    }
  })

  it('can be empty', () => {
    assert.equal(renderText(emptyReport, 80), 'BUDGETS\n\nNo runs\n───────\n\nCounts of none\nno rows\n')
  })
})

describe('a report as JSON', () => {
  it('has rows by column key, intervals with their n, and null with its reason', () => {
    const { schema, sections } = JSON.parse(renderJson(report))
    const [first, second] = sections[0].blocks[0].table.rows
    assert.equal(schema, 'report/1')
    assert.deepEqual(first.resolved, { estimate: 0.674, low: 0.601, high: 0.731, n: 500 })
    assert.deepEqual([first.model, first.runs], ['gpt-5', 10602])
    assert.deepEqual(second.cost_usd, { value: null, reason: 'no prices' })
    assert.deepEqual(sections[1].blocks[0].figure.chart, JSON.parse(JSON.stringify(CHARTS.overview)))
  })
})

describe('a report as CSV', () => {
  const lines = csvParse(renderCsv(report))

  it('has a line for each cell, with exact figures', () => {
    const cells = everyCell.rows.length * everyCell.columns.length
    assert.equal(lines.filter(({ table }) => table === 'every-cell').length, cells)
    assert.deepEqual(
      { ...lines.find(({ column, row }) => column === 'cost_usd' && row === '1') },
      {
        report: 'all',
        section: 'cells',
        table: 'every-cell',
        row: '1',
        column: 'cost_usd',
        unit: 'usd',
        text: '',
        estimate: '0.352',
        low: '0.301',
        high: '0.42',
        n: '500',
        reason: '',
      },
    )
  })

  it('is no formula in a spreadsheet, though negative figures stay figures', () => {
    const texts = lines
      .flatMap((line) => Object.entries(line))
      .filter(([name]) => name === 'text' || name === 'reason')
    assert.ok(texts.some(([, text]) => text === `'${HOSTILE.formula}`))
    assert.ok(texts.every(([, text]) => !/^[\s]*[=+\-@]/.test(text)))
    assert.ok(lines.some(({ estimate }) => estimate === '-0.2'))
    for (const text of ['@SUM(1)', '+1', '-1', '\t=1', '\u200b=1', '＝1']) {
      assert.ok(csvParse(renderCsv(withCell(text)))[0]?.text?.startsWith("'"), JSON.stringify(text))
    }
  })
})

describe('every form of a report', () => {
  it('refuses a figure that is none, and names its table and column', async () => {
    for (const cell of [NaN, { estimate: Infinity, low: null, high: null, n: 1 }]) {
      const wrong = withCell(cell)
      const forms = [
        renderMarkdown.bind(null, wrong, { figures: null }),
        () => renderText(wrong, 80),
        () => renderJson(wrong),
        () => renderCsv(wrong),
      ]
      for (const form of forms) assert.throws(form, /table t, column cost_usd/)
      await assert.rejects(renderHtml(wrong, fonts), /table t, column cost_usd/)
    }
  })
})

describe('the files of a report', () => {
  it('are an SVG with its font in it and a PNG of each figure', async () => {
    const files: ReportFile[] = []
    for await (const file of figureFiles(smallReport, fonts)) files.push(file)
    assert.deepEqual(
      files.map(({ name }) => name),
      ['dots.svg', 'dots.png'],
    )
    assert.match(
      new TextDecoder().decode(files[0]?.bytes),
      /^<svg [^>]*><style>@font-face \{ font-family: 'Source Sans 3'/,
    )
    assert.deepEqual([...(files[1]?.bytes.subarray(1, 4) ?? [])], [0x50, 0x4e, 0x47])
  })
})
