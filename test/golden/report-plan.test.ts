import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import { golden } from '../fixtures/golden.ts'
import { cli } from '../unit/cli/fake-app.ts'

const EXAMPLES = resolve(import.meta.dirname, '../../data/examples')

describe('the report on a plan, at 80 columns', () => {
  for (const name of ['plan', 'plan-resources']) {
    it(`looks as before: data/examples/${name}.yaml`, async () => {
      const { exit, stdout } = await cli(['report', 'plan', `${name}.yaml`], { cwd: EXAMPLES })
      assert.equal(exit, 0)
      for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line)
      golden(`report-${name}-80.txt`, stdout)
    })
  }
})
