import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fitBoostingOnCores } from '../../src/learn/cores/fit-boosting-on-cores.ts'
import { gradientBoosting } from '../../src/regress/gradient-boosting.ts'
import { denseTable, sparseTable } from '../bench/boosting/synthetic-table.ts'

const SIZE = { rows: 30_000, testRows: 1 }
const TABLES = [denseTable({ ...SIZE, columns: 50 }), sparseTable({ ...SIZE, columns: 500 })]
const LOSSES = [{ kind: 'squared' }, { kind: 'pinball', level: 0.9 }] as const

describe('boosting of a large table on several cores', { timeout: 300_000 }, () => {
  for (const { kind, train } of TABLES) {
    for (const loss of LOSSES) {
      it(`makes the bytes of one thread, ${kind}, ${loss.kind}`, async () => {
        const params = { loss, seed: 7, rounds: 25, rowShare: 0.8, columnShare: 0.7 }
        const alone = JSON.stringify(gradientBoosting.fit(train.x, train.y, params))
        for (const threads of [2, 5]) {
          const together = await fitBoostingOnCores(train.x, train.y, { ...params, threads })
          assert.equal(JSON.stringify(together), alone)
        }
      })
    }
  }
})
