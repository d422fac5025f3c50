import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CalibrationView } from '../../src/server/pages/calibration-view.ts'
import type { ForecastView } from '../../src/server/pages/forecast-view.ts'
import { tokenRange, usdRange } from '../../src/server/pages/page-words.ts'
import { ProblemSchema } from '../../src/server/schemas/problem-schema.ts'
import { readText } from '../fixtures/markup-skeleton.ts'
import { importRuns, seededService } from '../fixtures/server/seeded-service.ts'
import { testService } from '../fixtures/server/test-service.ts'

const BROWSER = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } }
const PROGRAM = { headers: { accept: 'application/json' } }
const PAGES = ['/', '/runs', '/calibration', '/docs', '/sign-in']

const [service, closed] = await Promise.all([
  seededService(),
  testService({ settings: { keysRequired: true } }),
])
await importRuns(service)

const sent = (path: string, form: Record<string, string>, headers = BROWSER.headers) =>
  service.fetch(path, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(form) })
const runsOf = async (path: string) =>
  (await (await service.fetch(path)).json()) as {
    readonly runs: readonly { readonly task: string; readonly model: string }[]
    readonly nextHref: string | null
  }

describe('pages over HTTP', () => {
  it('are kept by nobody, are told by HEAD, and have a twin of JSON', async () => {
    for (const path of PAGES) {
      const page = await service.fetch(path, BROWSER)
      assert.equal(page.status, 200, path)
      assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
      assert.equal(page.headers.get('cache-control'), 'no-store')
      const head = await service.fetch(path, { ...BROWSER, method: 'HEAD' })
      assert.deepEqual([head.status, await head.text()], [200, ''])
      assert.equal(head.headers.get('content-type'), page.headers.get('content-type'))
      const [, twin] = /rel="alternate" type="application\/json" href="([^"]*)"/.exec(await page.text()) ?? []
      const json = await service.fetch(new URL(twin ?? 'none', new URL(path, service.url)).href)
      assert.match(((await json.json()) as { readonly schema: string }).schema, /^page-[a-z-]+\/1$/)
    }
  })

  it('that are not there are told to people as a page, to programs as a problem', async () => {
    for (const path of ['/nothing', '/runs/nothing']) {
      const page = await service.fetch(path, BROWSER)
      assert.deepEqual([page.status, page.headers.get('content-type')], [404, 'text/html; charset=utf-8'])
      assert.match(readText(await page.text()), /nothing.*from this machine/)
      const problem = await service.fetch(path, PROGRAM)
      assert.match(problem.headers.get('content-type') ?? '', /^application\/problem\+json/)
      assert.equal(ProblemSchema.parse(await problem.json()).status, 404)
    }
  })

  it('lead people to sign in, and tell programs that a key is missing', async () => {
    const page = await closed.fetch('/runs?model=a', { ...BROWSER, redirect: 'manual' })
    assert.deepEqual([page.status, page.headers.get('location')], [303, '/sign-in?next=%2Fruns%3Fmodel%3Da'])
    const problem = await closed.fetch('/runs?format=json', { redirect: 'manual' })
    assert.equal(ProblemSchema.parse(await problem.json()).code, 'key-missing')
  })
})

describe('the page of runs', () => {
  it('takes * for any characters, and its twin holds the runs that are shown', async () => {
    const page = await (await service.fetch('/runs?model=claude-*&outcome=resolved', BROWSER)).text()
    const [, twin = ''] = /<a href="([^"]*)">this page as JSON/.exec(page) ?? []
    const { runs } = await runsOf(twin.replaceAll('&amp;', '&'))
    assert.ok(runs.length > 3)
    assert.ok(runs.every(({ model }) => model === 'claude-sonnet-4-5'))
    const shown = [...page.matchAll(/<th scope="row"><a [^>]*>([^<]*)<\/a>/g)].map(([, task]) => task)
    assert.deepEqual(
      shown,
      runs.map(({ task }) => task),
    )
    assert.equal((await runsOf('/runs?model=claude-?onnet-4-5&format=json')).runs.length, 0)
  })

  it('goes on where it ended, and so does its twin', async () => {
    const { runs, nextHref } = await runsOf('/runs?format=json')
    const next = await (await service.fetch(nextHref ?? '/none', BROWSER)).text()
    const [, twin = ''] = /<a href="([^"]*)">this page as JSON/.exec(next) ?? []
    const more = await runsOf(twin.replaceAll('&amp;', '&'))
    assert.deepEqual([runs.length, more.runs.length, more.nextHref], [50, 10, null])
    assert.equal(new Set([...runs, ...more.runs].map(({ task }) => task)).size, 60)
  })

  it('starts a run of what is offered, and nothing of what is not', async () => {
    const refused = await sent('/runs', { task: 'nothing', model: '', repeats: '0', budgetUsd: '-1' })
    assert.equal(refused.status, 422)
    const text = readText(await refused.text())
    assert.match(text, /Not a model: none is named → give the name of one/)
    assert.match(text, /Not a number of repeats: 0 →/)
    assert.match(text, /Not an amount: -1 → give dollars above 0/)
    const unknown = await sent('/runs', { task: 'fair-splits', model: 'gpt-5' })
    assert.match(readText(await unknown.text()), /the task "fair-splits" → did you mean fair-split\?/)
    const taken = await sent('/runs', {
      task: 'fair-split',
      agent: 'builtin',
      model: 'gpt-5',
      budgetUsd: '$1',
    })
    assert.equal(taken.status, 303)
    const place = taken.headers.get('location') ?? ''
    const job = (await (await service.fetch(`/v1${place}`)).json()) as Record<string, unknown>
    assert.deepEqual(job.asked, {
      task: 'fair-split',
      agent: 'builtin',
      model: 'gpt-5',
      limits: { usd: '1' },
    })
    assert.equal((await sent(`${place}/cancel`, {})).status, 303)
  })

  it('is taken from no other site', async () => {
    const elsewhere = { ...BROWSER.headers, 'sec-fetch-site': 'cross-site' }
    assert.equal((await sent('/runs', { task: 'fair-split', model: 'gpt-5' }, elsewhere)).status, 403)
  })

  it('is taken from its own form, of which a browser without a referrer says that it comes from nowhere', async () => {
    const page = await service.fetch('/runs', BROWSER)
    assert.equal(page.headers.get('referrer-policy'), 'same-origin')
    const own = { ...BROWSER.headers, 'sec-fetch-site': 'same-origin', origin: 'null' }
    assert.equal((await sent('/runs', { task: 'fair-split', model: '' }, own)).status, 422)
  })
})

describe('a twin of JSON', () => {
  it('of a forecast holds the ranges that the page shows', async () => {
    const form = { title: 'Crash on empty input', models: 'gpt-5', otherModels: 'claude-sonnet-4-5' }
    const twin = await sent('/', form, PROGRAM.headers)
    const { answer } = (await twin.json()) as ForecastView
    const shown = readText(await (await sent('/', form)).text())
    assert.equal(answer?.models.length, 2)
    for (const { costUsd, totalTokens } of answer?.models ?? []) {
      assert.ok(costUsd !== null && shown.includes(usdRange(costUsd)))
      assert.ok(shown.includes(tokenRange(totalTokens)))
    }
  })

  it('of calibration holds the groups that the page shows', async () => {
    const twin = await service.fetch('/calibration?format=json')
    const { all, models, weeks } = (await twin.json()) as CalibrationView
    const shown = readText(await (await service.fetch('/calibration', BROWSER)).text())
    assert.ok(all !== null && all.runs > 20)
    assert.match(shown, new RegExp(`Tokens: the range held \\d+ % \\([^)]*\\) of ${all.runs} runs`))
    assert.equal(models.length, 2)
    for (const { name, runs } of [...models, ...weeks]) assert.ok(shown.includes(`${name} ${runs} `), name)
  })
})

describe('the page of one run', () => {
  it('tells nobody in which folder of this machine it was', async () => {
    const page = await service.fetch('/runs/run-6', BROWSER)
    const text = await page.text()
    assert.match(readText(text), /source run\/1: runs\.jsonl/)
    assert.ok(!text.includes(service.folder))
  })
})
