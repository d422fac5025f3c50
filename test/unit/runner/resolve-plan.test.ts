import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { builtinAgent, NO_LIMITS } from '../../../src/runner/agents/builtin.ts'
import { planIn } from '../../../src/runner/plan.ts'
import { readPlanText } from '../../../src/runner/plan-text.ts'
import { resolvePlan } from '../../../src/runner/resolve-plan.ts'
import { MACHINE } from '../../fixtures/attempts.ts'
import { writeAgent, writeTask } from '../../fixtures/planned-work.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

/** What a plan on the tasks and agents of a folder names, and what is wrong with it. */
function resolved(folder: string, text: string) {
  const source = readPlanText(text)
  const plan = planIn(source, 'plan.yaml')
  const builtin = builtinAgent(NO_LIMITS)
  return resolvePlan(plan, source, { folder, machine: MACHINE, builtin, hasImages: false })
}

describe('a plan to be run', () => {
  it('has its tasks and agents read, from where it lies', async () => {
    const folder = temporaryFolder()
    writeTask(folder, 'all/one')
    writeTask(folder, 'all/two')
    writeAgent(folder)
    const text =
      'schema: plan/1\ntasks: [all]\nagents: [builtin, ./scribe.yaml, codex]\nmodels: [m]\ncompare: agents\n'
    const { tasks, agents, problems } = await resolved(folder, text)
    assert.deepEqual(problems, [])
    assert.deepEqual(
      [tasks.map(({ name }) => name), agents.map(({ name }) => name)],
      [
        ['one', 'two'],
        ['builtin', 'scribe', 'codex'],
      ],
    )
  })

  it('is told everything that is wrong with it at once, each at its place', async () => {
    const folder = temporaryFolder()
    writeTask(folder, 'large', { resources: { cpus: { floor: 64, ceiling: 64 } } })
    writeTask(folder, 'crossed', { resources: { cpus: { floor: 2, ceiling: 1 } } })
    writeTask(folder, 'unchecked', { check: undefined })
    writeTask(folder, 'imaged', { image: 'debian:12' })
    writeTask(folder, 'twice')
    mkdirSync(join(folder, 'empty'))
    writeFileSync(join(folder, 'issue.md'), '# x\n')
    writeAgent(folder, { name: 'lost', mounts: ['/nowhere/at/all'] })
    const { problems } = await resolved(
      folder,
      `schema: plan/1
tasks:
  - none
  - large
  - crossed
  - unchecked
  - imaged
  - empty
  - issue.md
  - twice
  - ./twice
agents: [claud-code, ./lost.yaml]
models: [m]
compare: agents
`,
    )
    const told = problems.map(
      ({ line, pointer, found }) => `${line} ${pointer} ${found.replaceAll(folder, '')}`,
    )
    assert.deepEqual(told.toSorted(), [
      '11 /tasks/8 another task twice',
      '12 /agents/0 there is no agent "claud-code"',
      '12 /agents/1 lost needs /nowhere/at/all, which is not there',
      '3 /tasks/0 no task "none"',
      '4 /tasks/1 large is to be guaranteed 64 CPUs, and this machine has 4',
      '5 /tasks/2 /crossed/task.yaml, line 1 (/resources/cpus/floor): a floor of 2 above the ceiling of 1',
      '6 /tasks/3 /unchecked/task.yaml, line 1 (/check): check is missing',
      '7 /tasks/4 imaged needs a container image',
      '8 /tasks/5 /empty has neither task.yaml nor task.toml, nor have its folders',
      '9 /tasks/6 issue.md is an issue without a check',
    ])
    for (const { fix } of problems) assert.ok(fix.length > 0)
  })

  it('cannot be run where it only counts its tasks', async () => {
    const { problems } = await resolved(
      temporaryFolder(),
      'schema: plan/1\ntasks: {count: 9}\nagents: [builtin]\nmodels: [m]\n',
    )
    assert.deepEqual(
      problems.map(({ pointer, found }) => [pointer, found]),
      [['/tasks', 'a number of tasks']],
    )
  })
})
