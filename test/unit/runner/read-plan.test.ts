import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { KnownError, type Problem } from '../../../src/errors.ts'
import { type ReadPlan, readPlan } from '../../../src/runner/read-plan.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

/** A folder with these files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

const read = (files: Readonly<Record<string, string>>): Promise<ReadPlan> =>
  readPlan('plan.yaml', folderWith(files))

const said = (problems: readonly Problem[]): readonly string[] =>
  problems.map(({ line, column, pointer, found }) => `${line}:${column} ${pointer} ${found}`)

const OWN = 'schema: plan/1\ninclude: [base.yaml]\nmodels: [gpt-5]\n'

describe('a plan that includes others', () => {
  it('has their keys where it does not give its own, those of the last first', async () => {
    const { plan, problems } = await read({
      'plan.yaml': 'schema: plan/1\ninclude: [base.yaml, more.yaml]\nmodels: [gpt-5]\n',
      'base.yaml': 'schema: plan/1\ntasks: [a]\nagents: [builtin]\nmodels: [other]\nrepeats: 2\n',
      'more.yaml': 'schema: plan/1\nrepeats: 3\nseed: 9\n',
    })
    assert.deepEqual(problems, [])
    assert.deepEqual([plan.models, plan.agents, plan.repeats, plan.seed], [['gpt-5'], ['builtin'], 3, 9])
  })

  it('finds what they name where they lie themselves', async () => {
    const { plan } = await read({
      'plan.yaml': OWN.replace('base.yaml', 'sub/base.yaml'),
      'sub/base.yaml':
        'schema: plan/1\ntasks: [a, ../b, /c, "octo/app#1"]\nagents: [builtin, ./x.yaml, y.yaml, codex]\ncompare: agents\n',
    })
    assert.deepEqual(plan.tasks, { kind: 'issues', files: ['sub/a', 'b', '/c', 'octo/app#1'] })
    assert.deepEqual(plan.agents, ['builtin', 'sub/x.yaml', 'sub/y.yaml', 'codex'])
  })

  it('may not come back to itself, however far around', async () => {
    const base = 'schema: plan/1\ntasks: [a]\nagents: [builtin]\n'
    const self = await read({
      'plan.yaml': `${OWN.replace('base.yaml', 'plan.yaml')}tasks: [a]\nagents: [b]\n`,
    })
    assert.deepEqual(said(self.problems), ['2:11 /include/0 "plan.yaml", which includes this plan'])
    const around = await read({
      'plan.yaml': `${OWN}tasks: [a]\nagents: [b]\n`,
      'base.yaml': `${base}include: [more.yaml]\n`,
      'more.yaml': `${base}include: [plan.yaml]\n`,
    })
    assert.deepEqual(said(around.problems), [
      '2:11 /include/0 in base.yaml, line 4: in more.yaml, line 4: "plan.yaml", which includes this plan',
    ])
  })

  it('is told everything that is wrong with it and its includes at once', async () => {
    const files = {
      'plan.yaml': `${OWN.replace('base.yaml', 'none.yaml, base.yaml')}repeats: 0\n`,
      'base.yaml': 'schema: plan/1\ntasks: [a]\ntasks: [b]\n',
    }
    await assert.rejects(read(files), (error) => {
      assert.ok(error instanceof KnownError)
      assert.deepEqual(said(error.problems), [
        '1:1 /tasks tasks is missing',
        '1:1 /agents agents is missing',
        '2:11 /include/0 No such file: none.yaml',
        '2:22 /include/1 in base.yaml, line 3: a key that is there already',
        '4:10 /repeats 0',
      ])
      return true
    })
  })
})
