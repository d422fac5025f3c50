import { describe, it } from 'node:test'
import { figureSvg } from '../../src/report/figures/figure-svg.ts'
import { readFonts } from '../../src/report/figures/read-fonts.ts'
import { renderCsv } from '../../src/report/report-csv.ts'
import { renderHtml } from '../../src/report/report-html.ts'
import { renderJson } from '../../src/report/report-json.ts'
import { renderMarkdown } from '../../src/report/report-markdown.ts'
import { renderText } from '../../src/report/report-text.ts'
import { golden } from '../fixtures/golden.ts'
import { CHARTS, figure, smallReport } from '../fixtures/report.ts'

const fonts = readFonts()

describe('a report', () => {
  it('looks as it did, in every form', async () => {
    golden('report.md', renderMarkdown(smallReport, { figures: 'figures' }))
    golden('report-80.txt', renderText(smallReport, 80))
    golden('report-200.txt', renderText(smallReport, 200))
    golden('report.json', renderJson(smallReport))
    golden('report.csv', renderCsv(smallReport))
    golden('report.html', (await renderHtml(smallReport, fonts)).replace(/base64,[^)]+/g, 'base64,…'))
  })
})

describe('figures', () => {
  it('look as they did', async () => {
    for (const id of ['phases', 'dots', 'amounts'] as const) {
      const chart = CHARTS[id]
      if (chart !== undefined) golden(`report-${id}.svg`, await figureSvg(figure(id, chart), fonts))
    }
  })
})
