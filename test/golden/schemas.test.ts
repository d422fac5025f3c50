import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { budgetSchema } from '../../src/gate/budget-file.ts'
import { BUDGET_SCHEMA_URL } from '../../src/gate/budget-template.ts'
import { capSchema } from '../../src/gate/cap-file.ts'
import { cassetteSchema } from '../../src/gateway/cassette/cassette-file.ts'
import { agentSchema } from '../../src/runner/agents/agent-file.ts'
import { planSchema } from '../../src/runner/plan-file.ts'
import { taskSchema } from '../../src/runner/tasks/task-file.ts'
import { serviceSchema } from '../../src/server/settings/service-file.ts'
import { mapSchema } from '../../src/trajectory/csv-map.ts'
import { runSchema } from '../../src/trajectory/run-line.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/** What is published, by its file. */
const SCHEMAS: Readonly<Record<string, () => object>> = {
  'data/schemas/budget-1.schema.json': budgetSchema,
  'data/schemas/cap-1.schema.json': capSchema,
  'data/schemas/run-1.schema.json': runSchema,
  'data/schemas/map-1.schema.json': mapSchema,
  'data/schemas/plan-1.schema.json': planSchema,
  'data/schemas/task-1.schema.json': taskSchema,
  'data/schemas/agent-1.schema.json': agentSchema,
  'data/schemas/cassette-1.schema.json': cassetteSchema,
  'data/schemas/service-1.schema.json': serviceSchema,
}

describe('a published schema', () => {
  for (const [file, schema] of Object.entries(SCHEMAS)) {
    it(`is what the program checks: ${file}`, () => {
      const text = `${JSON.stringify(schema(), null, 2)}\n`
      if (process.env.UPDATE_GOLDEN) {
        mkdirSync(dirname(resolve(ROOT, file)), { recursive: true })
        writeFileSync(resolve(ROOT, file), text)
      } else {
        assert.equal(text, readFileSync(resolve(ROOT, file), 'utf8'), 'make it again with UPDATE_GOLDEN=1')
      }
    })
  }

  it('lies where budgets say, in the package', () => {
    const { name, files } = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8'))
    assert.ok(files.includes('data'))
    assert.equal(BUDGET_SCHEMA_URL, `https://unpkg.com/${name}/data/schemas/budget-1.schema.json`)
  })
})
