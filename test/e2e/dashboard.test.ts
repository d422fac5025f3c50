import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { ASSETS } from '../../src/server/pages/assets.ts'
import { samplePages, toldEvents } from '../fixtures/pages.ts'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
]
const POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
const HOSTILE = '"><img src=x onerror=alert(1)><script>alert(1)</script>\u202e'
const WORLDS = { plain: samplePages((text) => text), hostile: samplePages((text) => text + HOSTILE) } as const
const SCREENS = [
  { viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  { viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
] as const

/** What the page is asked is a text: the program knows no DOM. */
const SIDEWAYS = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
const ELEMENTS = `[...document.querySelectorAll('*')].map((one) => one.localName + ' ' + one.getAttributeNames().join(' '))`
const AXE = `axe.run().then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 200)))`

describe('the dashboard in a browser', {
  skip: existsSync(CHROMIUM) ? false : `no browser at ${CHROMIUM}`,
}, () => {
  let browser: Browser
  let server: Server
  let origin: string
  const streams: ServerResponse[] = []
  const asked = new EventEmitter()

  before(async () => {
    server = createServer(({ url = '' }, response) => {
      const { pathname } = new URL(url, 'http://localhost')
      response.setHeader('content-security-policy', POLICY)
      const asset = ASSETS.find(({ path }) => path === pathname)
      const [, world = '', name = ''] = pathname.split('/')
      if (asset !== undefined) response.setHeader('content-type', asset.contentType).end(asset.text)
      else if (pathname.startsWith('/v1/')) {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
        streams.push(response)
        asked.emit('stream', response)
      } else {
        const page = WORLDS[world as keyof typeof WORLDS]?.[name]
        response.statusCode = page === undefined ? 404 : 200
        response.setHeader('content-type', 'text/html; charset=utf-8').end(page ?? '')
      }
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  })

  after(async () => {
    await browser.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  /** Shows a page, and what the browser had to say of it. */
  async function visited<Answer>(
    path: string,
    options: BrowserContextOptions,
    look: (page: Page, told: string[]) => Promise<Answer>,
  ): Promise<Answer> {
    const context = await browser.newContext(options)
    try {
      const page = await context.newPage()
      const told: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error') told.push(message.text())
      })
      page.on('pageerror', (error) => told.push(error.message))
      page.on('dialog', (dialog) => told.push(dialog.message()))
      page.on('request', (request) => {
        if (!request.url().startsWith(origin)) told.push(request.url())
      })
      await page.goto(`${origin}${path}`)
      return await look(page, told)
    } finally {
      await context.close()
    }
  }

  for (const name of Object.keys(WORLDS.plain)) {
    for (const screen of SCREENS) {
      const { viewport, colorScheme } = screen
      it(`breaks no rule of access or policy, and does not scroll sideways: ${name}, ${viewport.width} px, ${colorScheme}`, () =>
        visited(`/plain/${name}`, screen, async (page, told) => {
          assert.equal(await page.evaluate(SIDEWAYS), 0)
          assert.deepEqual(told, [])
          await page.evaluate(axe.source)
          assert.deepEqual(await page.evaluate<readonly string[]>(AXE), [])
        }))
    }

    it(`has the same elements and attributes whatever text is in it: ${name}`, async () => {
      const elements = (world: string) =>
        visited(`/${world}/${name}`, { viewport: { width: 360, height: 740 } }, async (page, told) => {
          assert.deepEqual(told, [])
          assert.equal(await page.evaluate(SIDEWAYS), 0)
          return page.evaluate<readonly string[]>(ELEMENTS)
        })
      assert.deepEqual(await elements('hostile'), await elements('plain'))
    })
  }

  it('leads from what is wrong to its field, by keyboard and without a script', () =>
    visited('/plain/forecast-errors', { javaScriptEnabled: false }, async (page) => {
      await page.locator('.errors:focus').waitFor()
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await page.keyboard.press('End')
      await page.keyboard.type('7')
      assert.equal(await page.inputValue('#field-budgetUsd'), '17')
    }))

  it('moves as a run does', () => {
    streams.length = 0
    return visited('/plain/run-live', {}, async (page) => {
      const cell = page.locator('[data-cell=tokens]')
      assert.equal(await cell.textContent(), '≥ 632 k')
      // The page may not have asked yet.
      const [stream = await new Promise<ServerResponse>((resolve) => asked.once('stream', resolve))] = streams
      const spent = { calls: 1, totalTokens: 2_000_000, outputTokens: 5, atLeast: false, usd: '1.00' }
      const last = { event: 'ended', data: JSON.stringify({ run: 'r2', retried: false, spent }) }
      for (const { event, data } of [...toldEvents((text) => text), last]) {
        stream.write(`event: ${event}\ndata: ${data}\n\n`)
      }
      await page.locator('[data-cell=tokens]', { hasText: '2.32 M' }).waitFor({ timeout: 10_000 })
      assert.equal(await page.locator('[data-cell=runs]').textContent(), '2 of 3 ended')
      const bars = page.locator('progress')
      assert.deepEqual(
        [await bars.nth(0).getAttribute('value'), await bars.nth(1).getAttribute('value')],
        ['57', '40'],
      )
    })
  })
})
