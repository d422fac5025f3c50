import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { revokeApiKey } from '../../src/store/api-keys.ts'
import { openStore } from '../../src/store/open-store.ts'
import { seededService } from '../fixtures/server/seeded-service.ts'
import { keyFor } from '../fixtures/server/test-service.ts'
import { CHROMIUM, examine, openBrowser, visit } from '../fixtures/server/visitor.ts'

const service = await seededService({ settings: { keysRequired: true } })
const origin = service.url.replace(/\/$/, '')

const newKey = (...scopes: Parameters<typeof keyFor>[1]): string =>
  (keyFor(service.database, scopes).authorization ?? '').replace('Bearer ', '')
const idOf = (key: string): string => key.split('_')[1] ?? ''

async function signIn(page: Page, key: string): Promise<void> {
  await page.fill('#key', key)
  await page.click('form.sign-in button')
}

describe('signing in at a service that requires keys', {
  skip: existsSync(CHROMIUM) ? false : `no browser at ${CHROMIUM}`,
}, () => {
  let browser: Browser
  before(async () => {
    browser = await openBrowser()
  })
  after(() => browser.close())

  for (const javaScriptEnabled of [true, false]) {
    it(`leads back to where one wanted to go, and out again, ${javaScriptEnabled ? 'with' : 'without'} a script`, () =>
      visit(browser, { origin, javaScriptEnabled }, async ({ page }) => {
        const key = newKey('estimate', 'run')
        await page.goto('/runs?model=gpt-5')
        assert.equal(new URL(page.url()).pathname, '/sign-in')
        await signIn(page, `${key.slice(0, -4)}aaaa`)
        assert.match((await page.locator('#error-key').textContent()) ?? '', /not valid.*→ check it/)
        assert.equal(await page.inputValue('#key'), '')
        if (javaScriptEnabled) await examine(page)
        await signIn(page, key)
        await page.waitForURL('**/runs?model=gpt-5')
        assert.match((await page.locator('footer').textContent()) ?? '', new RegExp(`key ${idOf(key)}`))
        assert.ok(!(await page.content()).includes(key))
        assert.equal(await page.locator('.start').count(), 1)
        if (javaScriptEnabled) await examine(page)
        await page.click('footer button')
        await page.waitForURL('**/sign-in')
        assert.match((await page.locator('footer').textContent()) ?? '', /not signed in/)
        await page.goto('/calibration')
        assert.equal(new URL(page.url()).pathname, '/sign-in')
      }))
  }

  it('ends when the key is revoked, in the middle of a form too', () =>
    visit(browser, { origin }, async ({ page }) => {
      const key = newKey('estimate')
      await page.goto('/')
      await signIn(page, key)
      await page.fill('#field-title', 'A bug')
      const store = openStore(service.database, { create: false })
      revokeApiKey(store, idOf(key), { atMs: Date.now(), actor: 'test' })
      store.close()
      await page.click('form.ask button')
      await page.locator('main a[href="/sign-in"]').waitFor()
      await examine(page)
      await page.goto('/runs')
      assert.equal(new URL(page.url()).pathname, '/sign-in')
    }))

  it('shows only what the key may do', () =>
    visit(browser, { origin }, async ({ page }) => {
      await page.goto('/runs')
      await signIn(page, newKey('estimate'))
      await page.locator('form.filter').waitFor()
      assert.equal(await page.locator('.start').count(), 0)
    }))
})
