import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { alarmsOf } from '../../../src/learn/alarms-of.ts'
import { FIRST_MS, historyOf } from '../../fixtures/calibration/histories.ts'

const DAY_MS = 86_400_000
const iso = (day: number): string => new Date(FIRST_MS + day * DAY_MS).toISOString()
const kinds = (alarms: ReturnType<typeof alarmsOf>) =>
  alarms.map(({ kind, agent, model }) => `${kind} ${agent} ${model}`)

describe('alarms', () => {
  it('are none where runs spend what was forecast', () => {
    assert.deepEqual(alarmsOf([historyOf(() => 1)], []), [])
    assert.deepEqual(alarmsOf([], []), [])
  })

  it('tell of a level that changed: since when, by what factor, and what to do', () => {
    const alarms = alarmsOf([historyOf((run) => (run < 120 ? 1 : 3))], [])
    const drift = alarms.find(({ kind }) => kind === 'drift')
    const [, factor, day] = /× ([\d.]+) of what its bundle forecasts, since (\S+) \(\d+ runs\)$/.exec(
      drift?.message ?? '',
    ) as unknown as [string, string, string]
    assert.ok(Math.abs(Number(factor) - 3) < 0.7, factor)
    assert.ok(Math.abs(Date.parse(day) - FIRST_MS - 30 * DAY_MS) <= 3 * DAY_MS, day)
    assert.equal(drift?.since?.slice(0, 10), day)
    assert.match(drift?.fix ?? '', /train anew/)
  })

  it('tell of ranges that do not hold, and do not take them for another level', () => {
    const alarms = alarmsOf([historyOf(() => 1, { half: 0.15 })], [])
    assert.deepEqual(kinds(alarms), ['coverage openhands gpt-5'])
    assert.match(alarms[0]?.message ?? '', /held \d\d % of the newest 200 runs, \d+ of them \(exact p .*e-/)
  })

  it('count a run that was stopped only where it is above', () => {
    const whole = historyOf(() => 0.01, { runs: 100 })
    const capped = { ...whole, runs: whole.runs.map((run) => ({ ...run, isCapped: true })) }
    assert.deepEqual(alarmsOf([capped], []), [])
    const above = historyOf(() => 100, { runs: 100 })
    assert.deepEqual(
      kinds(alarmsOf([{ ...above, runs: above.runs.map((run) => ({ ...run, isCapped: true })) }], [])),
      ['drift openhands gpt-5', 'coverage openhands gpt-5'],
    )
  })

  it('tell that a model spends otherwise under all agents at once, and only then', () => {
    const later = (run: number) => (run < 120 ? 1 : 4)
    const one = historyOf(later, { agent: 'a', seed: 1 })
    const other = historyOf(later, { agent: 'b', seed: 2 })
    const alarm = alarmsOf([one, other], []).find(({ kind }) => kind === 'model-changed')
    assert.match(
      alarm?.message ?? '',
      /^gpt-5 spends otherwise under all agents at once since 2026-01-\d\d: a × \S+, b × /,
    )
    assert.equal(alarm?.agent, null)
    const steady = historyOf(() => 1, { agent: 'b', seed: 2 })
    assert.deepEqual(
      kinds(alarmsOf([one, steady], [])).filter((kind) => kind.startsWith('model')),
      [],
    )
  })

  it('tell that a model is answered by another than before, for 30 days', () => {
    const name = (answered: string, first: number, last: number) => ({
      ...{ asked: 'gpt-5', answered, firstAt: iso(first), lastAt: iso(last) },
    })
    const [old, fresh] = [name('gpt-5-2025-08-07', 0, 20), name('gpt-5-2026-01-20', 21, 30)]
    const [alarm] = alarmsOf([], [fresh, old])
    assert.deepEqual(
      [alarm?.kind, alarm?.model, alarm?.agent, alarm?.since],
      ['model-changed', 'gpt-5', null, iso(21)],
    )
    assert.equal(
      alarm?.message,
      'gpt-5 is answered by gpt-5-2026-01-20 since 2026-01-22, by gpt-5-2025-08-07 before',
    )
    // Of long ago; taking turns; always the same, whatever it is called.
    assert.deepEqual(alarmsOf([], [old, name('gpt-5-2026-01-20', 21, 60)]), [])
    assert.deepEqual(alarmsOf([], [old, name('gpt-5-2026-01-20', 5, 30)]), [])
    assert.deepEqual(alarmsOf([], [old]), [])
  })

  it('tell a change of a model once, by the name it is answered by where that is known', () => {
    const later = (run: number) => (run < 120 ? 1 : 4)
    const histories = [historyOf(later, { agent: 'a' }), historyOf(later, { agent: 'b', seed: 2 })]
    const names = [
      { asked: 'gpt-5', answered: 'x', firstAt: iso(0), lastAt: iso(29) },
      { asked: 'gpt-5', answered: 'y', firstAt: iso(30), lastAt: iso(50) },
    ]
    const changed = alarmsOf(histories, names).filter(({ kind }) => kind === 'model-changed')
    assert.equal(changed.length, 1)
    assert.match(changed[0]?.message ?? '', /answered by y/)
  })
})
