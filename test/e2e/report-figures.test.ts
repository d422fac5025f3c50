import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { readFonts } from '../../src/report/figures/read-fonts.ts'
import { textWidth } from '../../src/report/figures/text-width.ts'
import { renderHtml } from '../../src/report/report-html.ts'
import { CHARTS, emptyReport, report } from '../fixtures/report.ts'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
]
const WIDE = { width: 1200, height: 900 }
const NARROW = { width: 360, height: 740 }

const fonts = readFonts()
const html = await renderHtml(report, fonts)

/** What the page is asked is a text: the program knows no DOM. */
const SIZES = `({
  page: document.documentElement.scrollWidth,
  window: document.documentElement.clientWidth,
  boxes: [...document.querySelectorAll('.table, .card')].filter((box) => box.scrollWidth > box.clientWidth)
    .map((box) => box.tabIndex),
})`

const LABELS = `document.fonts.ready.then(() => ({
  faces: [...document.fonts].map(({ family, weight, status }) => family + ' ' + weight + ' ' + status),
  figures: [...document.querySelectorAll('figure svg')].map((svg) => {
    const frame = svg.getBoundingClientRect()
    return [...svg.querySelectorAll('text')].map((text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect()
      return {
        text: text.textContent,
        size: parseFloat(getComputedStyle(text).fontSize),
        length: text.getComputedTextLength(),
        inside: left >= frame.left - 1 && right <= frame.right + 1,
        left, right, top, bottom,
      }
    })
  }),
}))`

interface Label {
  readonly text: string
  readonly size: number
  readonly length: number
  readonly inside: boolean
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

interface Labels {
  readonly faces: readonly string[]
  readonly figures: readonly (readonly Label[])[]
}

const AXE = `axe.run().then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 200)))`

describe('the page of a report', { skip: existsSync(CHROMIUM) ? false : `no browser at ${CHROMIUM}` }, () => {
  let browser: Browser

  before(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  })

  after(() => browser.close())

  async function open<T>(options: BrowserContextOptions, look: (page: Page) => Promise<T>, text = html) {
    const context = await browser.newContext(options)
    try {
      const page = await context.newPage()
      await page.setContent(text)
      return await look(page)
    } finally {
      await context.close()
    }
  }

  it('needs no script and asks for nothing, and no part of it is refused by its own policy', async () => {
    const told: string[] = []
    await open({ javaScriptEnabled: false, viewport: WIDE }, async (page) => {
      page.on('console', (message) => told.push(message.text()))
      page.on('request', (request) => {
        if (!request.url().startsWith('data:font/ttf')) told.push(request.url())
      })
      await page.setContent(html)
      assert.equal(await page.locator('figure svg').count(), Object.keys(CHARTS).length)
      assert.ok(await page.locator('figure svg').first().isVisible())
    })
    assert.deepEqual(told, [])
  })

  it('does not scroll sideways, wide or narrow: what is too wide scrolls in a box that takes the focus', async () => {
    for (const viewport of [WIDE, NARROW]) {
      const sizes = await open({ viewport }, (page) =>
        page.evaluate<{ page: number; window: number; boxes: readonly number[] }>(SIZES),
      )
      assert.ok(sizes.page <= sizes.window, JSON.stringify(sizes))
      assert.ok(viewport === WIDE || sizes.boxes.length > 0)
      assert.ok(sizes.boxes.every((tabIndex) => tabIndex === 0))
    }
  })

  it('brings its own faces, in which labels are as wide as they were measured', async () => {
    const { faces, figures } = await open({ viewport: WIDE }, (page) => page.evaluate<Labels>(LABELS))
    assert.deepEqual(faces, ['Source Sans 3 400 loaded', 'Source Sans 3 600 loaded'])
    const width = textWidth(fonts)
    for (const { text, size, length } of figures.flat()) {
      assert.ok(Math.abs(length - width(text, size)) < 0.5, `${text}: ${length}, ${width(text, size)}`)
    }
  })

  it('draws no label over another, nor over the edge of its figure', async () => {
    const { figures } = await open({ viewport: WIDE }, (page) => page.evaluate<Labels>(LABELS))
    const outside = figures.flat().filter(({ inside }) => !inside)
    const over = figures.flatMap((labels) =>
      labels.flatMap((label, index) => labels.slice(index + 1).filter((other) => overlap(label, other))),
    )
    assert.deepEqual([outside, over], [[], []])
  })

  it('has nothing that axe finds wrong, in light, in dark, narrow, and empty', async () => {
    const looks: readonly (readonly [BrowserContextOptions, string])[] = [
      [{ viewport: WIDE, colorScheme: 'light' }, html],
      [{ viewport: NARROW, colorScheme: 'dark' }, html],
      [{ viewport: WIDE }, await renderHtml(emptyReport, fonts)],
    ]
    for (const [options, text] of looks) {
      const look = async (page: Page) => {
        await page.evaluate(axe.source)
        return page.evaluate<readonly string[]>(AXE)
      }
      assert.deepEqual(await open(options, look, text), [])
    }
  })

  it('prints to PDF, with its tables whole', async () => {
    await open({ viewport: WIDE, javaScriptEnabled: false }, async (page) => {
      const pdf = await page.pdf({ format: 'A4', tagged: true })
      assert.equal(pdf.subarray(0, 5).toString('latin1'), '%PDF-')
      assert.ok(pdf.length > 20_000)
      await page.emulateMedia({ media: 'print' })
      const overflow = await page.evaluate<string>(
        `getComputedStyle(document.querySelector('.table')).overflowX`,
      )
      assert.equal(overflow, 'visible')
    })
  })
})

/** Letters touch when lines of them overlap by more than a third: the box of a text is higher than its letters. */
function overlap(a: Label, b: Label): boolean {
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left)
  const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
  return across > 1 && down > (a.bottom - a.top) / 3
}
