import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import axe from 'axe-core'
import { type Browser, chromium } from 'playwright-core'
import { builtCli } from '../fixtures/built-cli.ts'
import { ORDINARY, WORLDS } from '../fixtures/report-worlds.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
]
const WIDE = { width: 1200, height: 900 }

/** What the page is asked is a text: the program knows no DOM. */
const FIGURES = `[...document.querySelectorAll('figure')].map((figure) => ({
  id: figure.id,
  shown: figure.querySelector('svg').getBoundingClientRect().height > 40,
  below: figure.nextElementSibling.className,
  sideways: document.documentElement.scrollWidth > document.documentElement.clientWidth,
}))`
const AXE = `axe.run().then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 200)))`

interface Shown {
  readonly id: string
  readonly shown: boolean
  readonly below: string
  readonly sideways: boolean
}

/** A folder into whose store a world has been imported, with the report of everything in it. */
async function reported(lines: readonly string[]): Promise<string> {
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, 'runs.jsonl'), `${lines.join('\n')}\n`)
  assert.equal((await builtCli(['import', 'runs.jsonl'], { cwd })).exit, 0)
  const { exit, stderr } = await builtCli(['report', 'all', '--format', 'html', '--out', 'r.html'], { cwd })
  assert.deepEqual([exit, stderr], [0, 'written: r.html\n'])
  return cwd
}

describe('a report in a process of its own', () => {
  it('writes figures of 300 DPI, of the size of their drawing', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'runs.jsonl'), `${ORDINARY.join('\n')}\n`)
    const asked = ['report', 'budget', 'runs.jsonl', '--figures', 'figures', '--out', 'r.txt']
    assert.equal((await builtCli(asked, { cwd })).exit, 0)
    const pictures = readdirSync(join(cwd, 'figures')).filter((name) => name.endsWith('.png'))
    assert.ok(pictures.length > 5)
    for (const name of pictures) {
      const bytes = readFileSync(join(cwd, 'figures', name))
      const at = bytes.indexOf('pHYs')
      // 300 dots an inch are 11,811 a metre, both ways.
      assert.deepEqual(
        [bytes.readUInt32BE(at + 4), bytes.readUInt32BE(at + 8), bytes[at + 12]],
        [11_811, 11_811, 1],
        name,
      )
      const svg = readFileSync(join(cwd, 'figures', name.replace(/png$/, 'svg')), 'utf8')
      const [, width = '0'] = /^<svg[^>]* width="(\d+)/.exec(svg) ?? []
      assert.ok(Math.abs(bytes.readUInt32BE(16) / Number(width) - 300 / 96) < 1, `${name}: ${width}`)
    }
    assert.match(readFileSync(join(cwd, 'r.txt'), 'utf8'), /^WHAT A BUDGET BUYS\n/)
  })

  it('fails as a person is told where there is no store, and in JSON as one document', async () => {
    const cwd = temporaryFolder()
    const { exit, stdout, stderr } = await builtCli(['report', 'all'], { cwd })
    assert.deepEqual([exit, stdout], [2, ''])
    assert.match(stderr, /^error: [A-Z].*\n→ \S.*\n$/s)
    const json = await builtCli(['report', 'all', '--format', 'json'], { cwd })
    assert.deepEqual([json.exit, json.stderr, JSON.parse(json.stdout).schema], [2, '', 'error/1'])
  })
})

describe('the page of everything', {
  skip: existsSync(CHROMIUM) ? false : `no browser at ${CHROMIUM}`,
}, () => {
  let browser: Browser

  before(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  })

  after(() => browser.close())

  for (const world of [
    'ordinary',
    'hostile names',
    'sixty systems',
    'nothing spent',
    'no outcome',
  ] as const) {
    it(`asks for nothing, breaks nothing, and has each figure over its table: ${world}`, async () => {
      const cwd = await reported(WORLDS[world] ?? [])
      const context = await browser.newContext({ viewport: WIDE })
      try {
        const page = await context.newPage()
        const told: string[] = []
        page.on('console', (message) => told.push(message.text()))
        page.on('pageerror', (error) => told.push(error.message))
        page.on('dialog', (dialog) => told.push(dialog.message()))
        page.on('request', (request) => {
          if (!/^(file|data):/.test(request.url())) told.push(request.url())
        })
        await page.goto(pathToFileURL(join(cwd, 'r.html')).href)
        const figures = await page.evaluate<readonly Shown[]>(FIGURES)
        assert.ok(figures.length > 0)
        for (const { id, shown, below, sideways } of figures) {
          assert.deepEqual([shown, sideways], [true, false], id)
          assert.match(below, /^table/, id)
        }
        assert.deepEqual(told, [])
        await page.evaluate(axe.source)
        assert.deepEqual(await page.evaluate<readonly string[]>(AXE), [])
      } finally {
        await context.close()
      }
    })
  }
})
