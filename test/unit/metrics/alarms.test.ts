import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { binomialTest } from '../../../src/metrics/binomial-test.ts'
import { coverageAlarm, coverageAlarms } from '../../../src/metrics/coverage-alarm.ts'
import { levelChange, levelChanges } from '../../../src/metrics/level-change.ts'
import { sharedChange } from '../../../src/metrics/shared-change.ts'
import { seededRandom } from '../../../src/regress/random.ts'

const coins = (share: number, count: number, seed: number): readonly boolean[] => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => random.uniform() < share)
}
const normals = (count: number, mean: number, seed: number): readonly number[] => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => mean + random.normal())
}

describe('the exact binomial test', () => {
  it('is that of R, to its last digits', () => {
    // binom.test(x, n, p)$p.value
    assert.ok(Math.abs(binomialTest(7, 10, 0.5) - 0.34375) < 1e-12)
    assert.ok(Math.abs(binomialTest(0, 5, 0.8) - 0.00032) < 1e-12)
    assert.ok(Math.abs(binomialTest(8, 10, 0.8) - 1) < 1e-12)
  })
})

describe('the alarm of coverage', () => {
  it('is raised without cause in at most 5 of 100 series of 1,000 runs', () => {
    const raised = Array.from({ length: 100 }, (_, seed) =>
      [...coverageAlarms(coins(0.8, 1000, seed + 1), 0.8)].some((alarm) => alarm !== null),
    )
    assert.ok(raised.filter(Boolean).length <= 5, String(raised.filter(Boolean).length))
  })

  it('tells of ranges that hold half, and ends when they hold again', () => {
    const bad = [...coins(0.8, 200, 1), ...coins(0.5, 120, 2)]
    const found = coverageAlarm(bad, 0.8)
    assert.ok(found !== null && found.since >= 200 && found.since < 320, JSON.stringify(found))
    assert.equal(found.runs, 200)
    assert.equal(found.covered, bad.slice(-200).filter(Boolean).length)
    assert.equal(coverageAlarm([...bad, ...coins(0.8, 300, 3)], 0.8), null)
  })

  it('tells of ranges that are too wide as well', () => {
    assert.notEqual(coverageAlarm(coins(0.97, 300, 4), 0.8), null)
  })

  it('says nothing of fewer than 50 runs', () => {
    assert.equal(
      coverageAlarm(
        Array.from({ length: 49 }, () => false),
        0.8,
      ),
      null,
    )
    assert.equal(coverageAlarm([], 0.8), null)
  })
})

describe('a change of the level', () => {
  it('is seen without cause in at most 3 of 100 series of 1,000 runs', () => {
    const seen = Array.from({ length: 100 }, (_, seed) =>
      [...levelChanges(normals(1000, 0, seed + 1))].some((change) => change !== null),
    )
    assert.ok(seen.filter(Boolean).length <= 3)
  })

  for (const [name, sign] of [
    ['× 3', 1],
    ['÷ 3', -1],
  ] as const)
    it(`of ${name} is seen within 30 runs, with where it began and which way it went`, () => {
      for (let seed = 1; seed <= 20; seed++) {
        const series = [...normals(150, 0, seed), ...normals(30, 1.6 * sign, 1000 + seed)]
        const found = levelChange(series)
        assert.ok(found !== null, String(seed))
        assert.ok(Math.abs(found.since - 150) <= 12, `${seed}: ${found.since}`)
        assert.equal(found.isRise, sign > 0)
        assert.ok(found.noticed > found.since)
      }
    })

  it('is over when the level is back for long', () => {
    const there = [...normals(100, 0, 1), ...normals(40, 1.6, 2)]
    assert.notEqual(levelChange(there), null)
    assert.equal(levelChange([...there, ...normals(400, 0, 3)]), null)
  })

  it('is not made by a few runs that are very far away', () => {
    const series = [...normals(300, 0, 5)]
    for (const i of [50, 120, 121, 250]) series[i] = 1000
    assert.equal(levelChange(series), null)
  })
})

describe('a change of all at once', () => {
  const day = (count: number) => Date.UTC(2026, 0, 1) + count * 86_400_000
  const series = (since: number | null, last: number, isRise = true) => ({
    ...{ sinceMs: since === null ? null : day(since), isRise, lastMs: day(last) },
  })

  it('is that of all who were there, within days and the same way', () => {
    assert.equal(sharedChange([series(10, 30), series(11, 30), series(12.5, 30)]), day(10))
    assert.equal(sharedChange([series(10, 30), series(11, 30), series(null, 5)]), day(10))
  })

  it('is none where one does not change, changes otherwise or later, or is alone', () => {
    assert.equal(sharedChange([series(10, 30), series(null, 30)]), null)
    assert.equal(sharedChange([series(10, 30), series(10, 30, false)]), null)
    assert.equal(sharedChange([series(10, 30), series(20, 30)]), null)
    assert.equal(sharedChange([series(10, 30)]), null)
    assert.equal(sharedChange([series(null, 30), series(null, 30)]), null)
    assert.equal(sharedChange([]), null)
  })
})
