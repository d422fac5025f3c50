import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { crc32 } from 'node:zlib'
import type { Chart } from '../../../src/report/figure.ts'
import { figurePng } from '../../../src/report/figures/figure-png.ts'
import { drawFigure, figureSvg } from '../../../src/report/figures/figure-svg.ts'
import { readFonts } from '../../../src/report/figures/read-fonts.ts'
import { CHARTS, figure, HOSTILE } from '../../fixtures/report.ts'

const fonts = readFonts()
const draw = (chart: Chart, id = 'made') => figureSvg(figure(id, chart), fonts)
const words = (svg: string): readonly string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) => unescaped(text))
const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')

const EMPTY: readonly Chart[] = [
  { kind: 'points', x: { title: 'x', scale: 'log' }, y: { title: 'y', scale: 'share' }, points: [] },
  { kind: 'lines', x: { title: 'x', scale: 'linear' }, y: { title: 'y', scale: 'log' }, lines: [] },
  { kind: 'bars', value: { title: 'v', scale: 'linear' }, mark: 'bars', bars: [] },
  { kind: 'stacks', value: { title: 'v', scale: 'share' }, normalised: true, stacks: [] },
  { kind: 'heat', rows: [], columns: [], cells: [] },
]

describe('a figure', () => {
  it('has its title and description, and the words of its axes, for every kind of chart', async () => {
    for (const [id, chart] of Object.entries(CHARTS)) {
      const svg = await draw(chart, id)
      assert.match(svg, new RegExp(`<title id="figure-${id}-title">The figure of ${id}</title>`))
      assert.match(svg, new RegExp(`<desc id="figure-${id}-desc">What is to be seen in ${id}\\.</desc>`))
      const titles =
        'value' in chart ? [chart.value.title] : 'x' in chart ? [chart.x.title, chart.y.title] : chart.columns
      for (const title of titles) assert.ok(words(svg).includes(title), `${id}: ${title}`)
    }
  })

  it('names every series, at a size of 7 points or more', async () => {
    const twelve = CHARTS.twelve
    assert.ok(twelve?.kind === 'lines')
    const svg = await draw(twelve)
    for (const { series } of twelve.lines) assert.ok(words(svg).includes(series), series)
    for (const [, size] of svg.matchAll(/font-size="([\d.]+)px"/g)) assert.ok(Number(size) * 0.75 >= 7)
  })

  it('is drawn the same each time, whatever was drawn before', async () => {
    for (const [id, chart] of Object.entries(CHARTS)) {
      assert.equal(await draw(chart, id), await draw(chart, id))
    }
  })

  it('is as wide as one or two columns of a paper', async () => {
    const widths = await Promise.all(
      Object.entries(CHARTS).map(async ([id, chart]) => (await drawFigure(figure(id, chart), fonts)).width),
    )
    assert.deepEqual(
      new Set(widths.map((width) => Math.round((width / 96) * 100) / 100)),
      new Set([3.5, 7.16]),
    )
  })

  it('takes names of others for words only, and shows them', async () => {
    const { hostile } = CHARTS
    assert.ok(hostile)
    const svg = await draw(hostile)
    assert.doesNotMatch(svg, /<script|[\u202a-\u202e]/)
    assert.ok(words(svg).includes(HOSTILE.script))
    assert.ok(words(svg).includes(HOSTILE.formula))
    assert.ok(words(svg).some((text) => /^org\/very.*….*end$/.test(text)))
  })

  it('tells lines apart by dashes and marks by shapes', async () => {
    const paths = (svg: string) =>
      new Set([...svg.matchAll(/stroke-dasharray="([^"]+)"/g)].map(([, dash]) => dash))
    assert.ok(CHARTS.twelve && CHARTS.crowd)
    assert.ok(paths(await draw(CHARTS.twelve)).size >= 5)
    const shapes = [...(await draw(CHARTS.crowd)).matchAll(/ d="(M[^"]{8,60})" fill="(#\w+)"/g)]
    assert.equal(
      new Set(shapes.map(([, shape, fill]) => `${shape} ${fill}`)).size,
      new Set(shapes.map(([, shape]) => shape)).size,
    )
  })

  it('says that there is nothing to draw where there is nothing', async () => {
    for (const chart of EMPTY) assert.ok(words(await draw(chart)).includes('nothing to draw'), chart.kind)
  })

  it('refuses what is not finite, and an id that is no name of a file', async () => {
    const chart: Chart = {
      kind: 'bars',
      value: { title: 'v', scale: 'linear' },
      mark: 'bars',
      bars: [{ name: 'a', value: NaN }],
    }
    await assert.rejects(draw(chart), /figure made: NaN cannot be drawn/)
    await assert.rejects(draw(EMPTY[0] ?? chart, '../x'), /letters, digits and hyphens/)
  })
})

describe('a PNG of a figure', () => {
  it('says that it has 300 dots per inch, in a chunk that is sound, and is as wide as a column', async () => {
    assert.ok(CHARTS.dots)
    const png = Buffer.from(await figurePng(await draw(CHARTS.dots), fonts))
    const at = png.indexOf('pHYs')
    assert.ok(at > 0 && at < png.indexOf('IDAT'))
    assert.equal(png.readUInt32BE(at - 4), 9)
    assert.deepEqual([png.readUInt32BE(at + 4), png.readUInt32BE(at + 8), png[at + 12]], [11811, 11811, 1])
    assert.equal(png.readUInt32BE(at + 13), crc32(png.subarray(at, at + 13)))
    assert.equal(png.readUInt32BE(16), 3.5 * 300)
  })

  it('has its labels on a machine without fonts: system fonts are never looked at', async () => {
    assert.ok(CHARTS.dots)
    const svg = await draw(CHARTS.dots)
    const lettered = await figurePng(svg, fonts)
    const bare = await figurePng(svg.replace(/<text[^>]*>[^<]*<\/text>/g, ''), fonts)
    assert.deepEqual(await figurePng(svg, { ...fonts, files: [] }), bare)
    assert.notDeepEqual(lettered, bare)
  })
})
