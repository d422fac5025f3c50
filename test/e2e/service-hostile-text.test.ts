import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { importRuns, seededService } from '../fixtures/server/seeded-service.ts'
import type { TestService } from '../fixtures/server/test-service.ts'
import { CHROMIUM, openBrowser, visit } from '../fixtures/server/visitor.ts'

const HOSTILE = `"'><img src=x onerror=alert(1)><script>alert(1)</script>&lt;\u202e`
const WORLDS = [
  (name: string) => `${name}${HOSTILE}`,
  (name: string) => `${name}${'y'.repeat(HOSTILE.length)}`,
] as const

const ELEMENTS = `[...document.querySelectorAll('*')].map((one) => one.localName + ' ' + one.getAttributeNames().join(' '))`

const [hostile, plain] = await Promise.all(
  WORLDS.map(async (text) => ({ text, service: await seededService({ text }) })),
)

/** A service, and what is put behind every name in it. */
interface World {
  readonly text: (name: string) => string
  readonly service: TestService
}

/** What every page is made of, page by page. */
async function pagesOf(browser: Browser, { text, service }: World) {
  const posted = await service.post('/v1/estimates', {
    id: text('t'),
    issue: { title: text('Title'), body: text('Body') },
    agent: text('agent'),
    models: [text('model'), 'gpt-5'],
  })
  assert.equal(posted.status, 201, await posted.text())
  const origin = service.url.replace(/\/$/, '')
  return visit(browser, { origin, viewport: { width: 360, height: 740 } }, async ({ page }) => {
    const seen: Record<string, readonly string[]> = {}
    const keep = async (name: string) => {
      seen[name] = await page.evaluate<readonly string[]>(ELEMENTS)
      assert.equal(
        await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
        0,
        name,
      )
    }
    const query = new URLSearchParams({ model: text('m'), agent: text('a'), repository: text('r') })
    const paths = {
      runs: '/runs',
      'runs like that': `/runs?${query}`,
      run: `/runs/${encodeURIComponent(text('run-5'))}`,
      'no such run': `/runs/${encodeURIComponent(text('nobody'))}`,
      calibration: '/calibration',
      'no such page': `/${encodeURIComponent(text('nothing'))}`,
      'sign in': `/sign-in?next=${encodeURIComponent(text('/'))}`,
    }
    for (const [name, path] of Object.entries(paths)) {
      await page.goto(path)
      await keep(name)
    }
    await page.goto('/')
    for (const field of ['title', 'body', 'agent', 'otherModels'])
      await page.fill(`#field-${field}`, text('x'))
    await page.click('form.ask button')
    await page.locator('#forecast-table').waitFor()
    await keep('forecast')
    // Wrong with harmless text too.
    for (const field of ['repository', 'commit', 'budgetUsd']) await page.fill(`#field-${field}`, text('/'))
    await page.click('form.ask button')
    await page.locator('.errors').waitFor()
    await keep('forecast refused')
    await page.goto('/runs')
    await page.click('.start summary')
    for (const field of ['model', 'repeats', 'budgetUsd']) await page.fill(`#field-${field}`, text('x'))
    await page.click('.start button')
    await page.locator('.errors').waitFor()
    await keep('run refused')
    return seen
  })
}

describe('hostile text that is sent to a service', {
  skip: existsSync(CHROMIUM) ? false : `no browser at ${CHROMIUM}`,
}, () => {
  let browser: Browser
  before(async () => {
    browser = await openBrowser()
  })
  after(() => browser.close())

  it('runs nowhere, and leaves every page as harmless text does', async () => {
    assert.ok(hostile && plain)
    for (const world of [hostile, plain]) await importRuns(world.service, world)
    const pages = await pagesOf(browser, plain)
    assert.equal(Object.keys(pages).length, 10)
    const found = await pagesOf(browser, hostile)
    for (const [name, elements] of Object.entries(pages)) assert.deepEqual(found[name], elements, name)
  })
})
