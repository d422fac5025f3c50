import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ERRORS, KnownError } from '../../../../src/errors.ts'
import { errorPage, errorView } from '../../../../src/server/pages/error-page.ts'
import { html } from '../../../../src/server/pages/markup.ts'
import { renderPage } from '../../../../src/server/pages/page.ts'
import {
  factorText,
  momentOf,
  tokenRange,
  usdRange,
  withCode,
} from '../../../../src/server/pages/page-words.ts'
import { signInPage, signInView } from '../../../../src/server/pages/sign-in-page.ts'
import { readText } from '../../../fixtures/markup-skeleton.ts'

const about = { version: '1.0.0', bundle: null, actor: null }

describe('the page of a failure', () => {
  it('tells what was wrong, with the value, and what to do', () => {
    const view = errorView(about, new KnownError('run-not-found', 'a1b2'), 'req-1')
    const text = readText(errorPage(view))
    assert.match(
      text,
      /No such run a1b2 → see foretoken runs list Status 404 · run-not-found · request req-1/,
    )
    assert.deepEqual(
      [view.status, view.title, view.fix],
      [404, ERRORS['run-not-found'].title, ERRORS['run-not-found'].fix],
    )
  })

  it('tells nothing of a bug but where to look', () => {
    const view = errorView(about, null, null)
    assert.deepEqual([view.status, view.code], [500, null])
    assert.match(
      readText(errorPage(view)),
      /Something went wrong here.*→ report it with the id of the request/,
    )
  })
})

describe('the page that asks for a key', () => {
  it('leads back to where one came from, but never to another site', () => {
    const next = (path: string) => signInView({ about, next: path, error: null }).next
    assert.equal(next('/runs?model=a'), '/runs?model=a')
    for (const path of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      'javascript:1',
      '',
      '/a\\b',
      '/\t/evil.example',
    ]) {
      assert.equal(next(path), '/', path)
    }
  })

  it('never shows a key, and tells what was wrong with it', () => {
    const error = { message: 'The key is not valid', fix: 'check it' }
    const page = signInPage(signInView({ about, next: '/', error }))
    assert.match(page, /<input type="password" id="key" name="key" value=""/)
    assert.match(page, /aria-describedby="hint-key error-key" aria-invalid="true"/)
    assert.match(readText(page), /The key is not valid → check it/)
  })
})

describe('the frame', () => {
  it('marks the page one is on, and tells the version and what forecasts', () => {
    const page = renderPage({
      title: 'T',
      about: { ...about, bundle: 'b-1', actor: 'loopback' },
      section: '/runs',
      main: '',
    })
    assert.deepEqual(page.match(/<a [^>]*aria-current="page">[^<]*/g), [
      '<a href="/runs" aria-current="page">Runs',
    ])
    assert.match(readText(page), /Foretoken 1\.0\.0 bundle b-1 from this machine/)
    assert.match(
      readText(renderPage({ title: 'T', about, section: null, main: '' })),
      /no bundle is loaded not signed in/,
    )
    assert.match(page, /<a class="skip" href="#main">/)
  })
})

describe('words', () => {
  it('are ranges that are never turned round, and one amount where both ends are shown alike', () => {
    assert.equal(usdRange({ p10: '0.18', p90: '1.35' }), '$0.18 – $1.35')
    assert.equal(usdRange({ p10: '0.00', p90: '0.00' }), '$0')
    assert.equal(tokenRange({ p10: 410_000, p90: 1_900_000 }), '410 k – 1.90 M')
  })

  it('are factors in as many digits as they bear', () => {
    assert.deepEqual([1, 1.04, 1.8, 9.96, 42.4, 1234].map(factorText), [
      '× 1.00',
      '× 1.04',
      '× 1.8',
      '× 10',
      '× 42',
      '× 1,234',
    ])
    assert.equal(factorText(0.25), '× 0.25')
  })

  it('are times for people and for machines; what is no time is left as it is', () => {
    assert.deepEqual(
      html`${momentOf('2026-11-20T12:34:56Z')}`.markup,
      '<time datetime="2026-11-20T12:34:56.000Z">2026-11-20 12:34 UTC</time>',
    )
    assert.equal(momentOf(null), 'not recorded')
    assert.equal(html`${momentOf('<soon>')}`.markup, '&lt;soon&gt;')
  })

  it('are code between backticks, where there are two', () => {
    assert.equal(html`${withCode('see `a <b>` or c')}`.markup, 'see <code>a &lt;b&gt;</code> or c')
    assert.equal(html`${withCode('a ` b')}`.markup, 'a ` b')
    assert.equal(html`${withCode('`a` ` b')}`.markup, '<code>a</code> ` b')
  })
})
