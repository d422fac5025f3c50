import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { importRuns, REPOSITORY, seededService } from '../fixtures/server/seeded-service.ts'
import { CHROMIUM, examine, openBrowser, tabTo, visit } from '../fixtures/server/visitor.ts'

const service = await seededService()
const origin = service.url.replace(/\/$/, '')

const WIDE = { viewport: { width: 1280, height: 900 } }
const ISSUE = {
  title: 'Quoted fields with a line break are split',
  body: '`parse` in src/parse.ts splits a quoted field.\n\n    Error: unexpected end',
  repository: REPOSITORY,
  budgetUsd: '1',
}

/** How somebody uses a page. */
interface Way {
  readonly name: string
  readonly options: BrowserContextOptions
  readonly fill: (page: Page, selector: string, text: string) => Promise<void>
  readonly press: (page: Page, selector: string) => Promise<void>
}

const byMouse = {
  fill: (page: Page, selector: string, text: string) => page.fill(selector, text),
  press: (page: Page, selector: string) => page.click(selector),
}

const WAYS: readonly Way[] = [
  { name: 'with a mouse', options: WIDE, ...byMouse },
  {
    name: 'by keyboard alone',
    options: WIDE,
    async fill(page, selector, text) {
      await tabTo(page, selector)
      await page.keyboard.insertText(text)
    },
    async press(page, selector) {
      await tabTo(page, selector)
      await page.keyboard.press('Enter')
    },
  },
  { name: 'without a script', options: { ...WIDE, javaScriptEnabled: false }, ...byMouse },
  { name: 'on a telephone', options: { viewport: { width: 360, height: 740 } }, ...byMouse },
]

const nav = (path: string): string => `nav[aria-label=Pages] a[href="${path}"]`

describe('the service in a browser', {
  skip: existsSync(CHROMIUM) ? false : `no browser at ${CHROMIUM}`,
}, () => {
  let browser: Browser
  before(async () => {
    await importRuns(service)
    browser = await openBrowser()
  })
  after(() => browser.close())

  for (const way of WAYS) {
    const hasScript = way.options.javaScriptEnabled !== false
    // By keyboard the pages are those of the mouse; without a script they cannot be examined.
    const look = async (page: Page) => {
      if (hasScript && way.name !== 'by keyboard alone') await examine(page)
    }

    it(`forecasts a task, runs one, and shows how forecasts hold, ${way.name}`, () =>
      visit(browser, { origin, ...way.options }, async ({ page }) => {
        await page.goto('/')
        await look(page)
        for (const [field, text] of Object.entries(ISSUE)) await way.fill(page, `#field-${field}`, text)
        await way.press(page, 'form.ask button')
        const rows = page.locator('table:has(#forecast-table) tbody tr')
        await rows.first().waitFor()
        assert.match((await rows.first().textContent()) ?? '', /\$0\.\d+ – \$\d/)
        assert.equal(await page.inputValue('#field-title'), ISSUE.title)
        await look(page)

        await way.press(page, nav('/runs'))
        await page.waitForURL('**/runs')
        await way.press(page, '.start summary')
        await way.fill(page, '#field-model', 'gpt-5')
        await look(page)
        await way.press(page, '.start button')
        await page.waitForURL('**/runs/run_*')
        const live = page.locator('[data-cell=state]')
        assert.match((await live.textContent()) ?? '', /^(queued|running)$/)
        await look(page)
        if (hasScript) {
          await page.locator('[data-cell=state]', { hasText: 'done' }).waitFor({ timeout: 30_000 })
          assert.equal(await page.locator('[data-cell=runs]').textContent(), '1 of 1 ended')
          assert.equal(await page.locator('button.danger').isVisible(), false)
          await way.press(page, '[data-live-status] a')
        } else await reloadUntil(page, '#against-table')
        await page.locator('#against-table').waitFor()
        assert.match((await page.locator('h1').textContent()) ?? '', /^csv-line-breaks$/)
        const spent = page.locator('table:has(#against-table) tbody tr').first()
        assert.match((await spent.textContent()) ?? '', /all tokens.*(inside|above|below|not counted)/)
        await look(page)
        const path = new URL(page.url()).pathname

        await way.press(page, nav('/runs'))
        const newest = page.locator('table:has(#runs-table) tbody tr').first()
        assert.equal(await newest.locator('a').getAttribute('href'), path)
        assert.doesNotMatch((await newest.textContent()) ?? '', /no forecast/)
        await look(page)

        await way.press(page, nav('/calibration'))
        await page.waitForURL('**/calibration')
        assert.match((await page.locator('.summary').textContent()) ?? '', /Tokens: the range held \d+ %/)
        await look(page)
      }))

    it(`tells what is wrong at the fields, and keeps what was typed, ${way.name}`, () =>
      visit(browser, { origin, ...way.options }, async ({ page }) => {
        await page.goto('/')
        await way.fill(page, '#field-repository', '/etc/passwd')
        await way.fill(page, '#field-budgetUsd', 'lots')
        await way.press(page, 'form.ask button')
        await page.locator('.errors').waitFor()
        assert.match(
          (await page.locator('.errors').textContent()) ?? '',
          /Not an amount: lots → give dollars/,
        )
        assert.match((await page.locator('#error-repository').textContent()) ?? '', /: \/etc\/passwd/)
        assert.equal(await page.inputValue('#field-budgetUsd'), 'lots')
        await look(page)
        await page.goto('/runs')
        await way.press(page, '.start summary')
        await way.fill(page, '#field-model', 'gpt-5')
        await way.fill(page, '#field-repeats', '99')
        await way.press(page, '.start button')
        await page.locator('.errors:focus').waitFor()
        assert.match((await page.locator('#error-repeats').textContent()) ?? '', /99 → give a whole number/)
        assert.equal(await page.inputValue('#field-model'), 'gpt-5')
        await look(page)
      }))
  }

  it('stops a run, and tells what came of it', () =>
    visit(browser, { origin, ...WIDE }, async ({ page }) => {
      const asked = { task: 'fair-split', model: 'gpt-5', repeats: 20 }
      const { id } = (await (await service.post('/v1/runs', asked)).json()) as { readonly id: string }
      await page.goto(`/runs/${id}`)
      await page.locator('[data-cell=runs]', { hasText: /of 20 ended/ }).waitFor()
      await page.click('button.danger')
      await page.waitForURL('**/runs')
      await page.goto(`/runs/${id}`)
      await page.locator('[data-cell=state]', { hasText: 'cancelled' }).or(page.locator('.lead')).waitFor()
      await page.reload()
      assert.equal(await page.locator('main .lead').textContent(), 'It was stopped.')
      await examine(page)
    }))

  it('asks nothing of anybody else, and would be told of a script that is not its own', () =>
    visit(browser, { origin, ...WIDE }, async ({ page, told }) => {
      for (const path of ['/docs', '/sign-in', '/nothing-here']) {
        await page.goto(path)
        await examine(page)
      }
      assert.deepEqual(told, [])
      await page.evaluate(
        `document.head.append(Object.assign(document.createElement('script'), { text: 'x=1' }))`,
      )
      assert.equal(told.splice(0).length, 1)
    }))
})

async function reloadUntil(page: Page, selector: string): Promise<void> {
  for (const deadline = Date.now() + 30_000; (await page.locator(selector).count()) === 0; ) {
    assert.ok(Date.now() < deadline, page.url())
    await page.waitForTimeout(200)
    await page.reload()
  }
}
