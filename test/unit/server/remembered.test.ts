import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AskedTask } from '../../../src/forecast/read-workbench.ts'
import { type MadeForecasts, remember } from '../../../src/server/forecasting/remembered.ts'
import type { InForce } from '../../../src/server/service-context.ts'

const task = (title: string, commit: string | null = null): AskedTask => ({
  issue: { title, body: '', labels: [], source: { kind: 'text' } },
  repository: { name: null, path: null, commit },
  ...{ agent: null, models: null, meanOf: 1, budgetUsd: null, selfForecasts: {} },
})

/** Of so many characters. */
const made = (chars: number, commit: string | null = null): MadeForecasts => ({
  ...{ repository: null, commit, unread: 0, data: 'd' },
  features: { repository: false, code: new Uint8Array() },
  forecasts: [{ agent: 'a', model: 'm', bundle: 'b', document: 'x'.repeat(chars) }],
})

function setUp(mostChars = 10_000) {
  const state = { held: {} as InForce, nowMs: 0, times: 0 }
  const remembered = remember(
    () => state.held,
    () => state.nowMs,
    { mostChars },
  )
  const ask = (
    asked: AskedTask,
    { url = null, answer = made(100) }: { url?: string | null; answer?: MadeForecasts } = {},
  ) =>
    remembered(asked, url, async () => {
      state.times++
      return answer
    })
  return { state, ask }
}

describe('forecasts that were asked for lately', () => {
  it('are made once for the same question', async () => {
    const { state, ask } = setUp()
    await ask(task('one'))
    await ask(task('one'))
    assert.equal(state.times, 1)
    await ask({ ...task('one'), budgetUsd: 2 })
    await ask({ ...task('one'), models: ['gpt-5'] })
    assert.equal(state.times, 3)
  })

  it('are made anew with another bundle or other prices, and after an hour', async () => {
    const { state, ask } = setUp()
    await ask(task('one'))
    state.held = {} as InForce
    await ask(task('one'))
    assert.equal(state.times, 2)
    state.nowMs = 3_600_000
    await ask(task('one'))
    assert.equal(state.times, 3)
  })

  it('are made each time where a repository was read', async () => {
    const { state, ask } = setUp()
    for (let i = 0; i < 2; i++) await ask(task('one'), { url: 'https://git.example/o/r' })
    for (let i = 0; i < 2; i++) await ask(task('two', 'main'))
    for (let i = 0; i < 2; i++) await ask(task('three'), { answer: made(10, 'abc') })
    assert.equal(state.times, 6)
  })

  it('are forgotten where there is no room, those first that nobody asked for again', async () => {
    const { state, ask } = setUp(900)
    await ask(task('one'))
    await ask(task('two'))
    await ask(task('one'))
    for (const title of ['three', 'four', 'five']) await ask(task(title))
    const before = state.times
    await ask(task('one'))
    await ask(task('five'))
    await ask(task('two'))
    assert.ok(state.times > before, 'the oldest is gone')
    assert.ok(state.times < before + 3, 'not all are')
  })

  it('are not kept when the bundle was replaced while they were made', async () => {
    const state = { held: {} as InForce }
    const remembered = remember(
      () => state.held,
      () => 0,
      { mostChars: 1000 },
    )
    await remembered(task('one'), null, async () => {
      state.held = {} as InForce
      await remembered(task('other'), null, async () => made(1))
      return made(1)
    })
    let again = 0
    await remembered(task('one'), null, async () => {
      again++
      return made(1)
    })
    assert.equal(again, 1)
  })
})
