import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runCheck } from '../../../../src/runner/tasks/run-check.ts'
import { RESOURCES, type Task } from '../../../../src/runner/tasks/task.ts'
import { makeTaskRepository } from '../../../../src/runner/tasks/task-repository.ts'
import { PLAIN } from '../../../fixtures/shipped-task.ts'
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts'

/** Checks a task of one file, as it is, in plain child processes. */
async function checked(said: { readonly setup?: string; readonly check?: Partial<Task['check']> }) {
  const root = temporaryFolder()
  const files = mkdtempSync(join(root, 'files-'))
  writeFileSync(join(files, 'app.txt'), 'one\n')
  const task: Task = {
    ...{ name: 'a', benchmark: null, issue: 'x', image: null, imageFolder: null, expectsNetwork: false },
    source: { kind: 'files', folder: files },
    setup: said.setup ?? null,
    check: {
      command: 'true',
      env: {},
      files: null,
      writes: null,
      patch: null,
      passing: { kind: 'exit' },
      ...said.check,
    },
    resources: RESOURCES,
    timeLimits: { setupSeconds: 10, agentSeconds: 10, checkSeconds: 1 },
  }
  const repository = await makeTaskRepository(task, join(root, 'task.git'))
  return runCheck({ task, repository, patch: Buffer.alloc(0) }, join(root, 'fresh'), PLAIN)
}

describe('a check', () => {
  it('is run in the workspace, after the set-up, with its variables', async () => {
    const command = '[ "$(cat app.txt made.txt)" = "one\ntwo" ] && echo $WORD && exit 0'
    const { resolved, stage, output } = await checked({
      setup: 'echo two > made.txt',
      check: { command, env: { WORD: 'said' } },
    })
    assert.deepEqual([resolved, stage, output], [true, 'check', 'said\n'])
  })

  it('has failed where the set-up fails', async () => {
    const { resolved, stage, end } = await checked({ setup: 'exit 3' })
    assert.deepEqual([resolved, stage, end.exit], [false, 'setup', 3])
  })

  it('has failed where its time is up, whatever it said before', async () => {
    const { resolved, end } = await checked({
      check: {
        command: 'echo PASSED a; sleep 30',
        passing: { kind: 'tests', names: ['a'] },
      },
    })
    assert.deepEqual([resolved, end.timedOut, end.exit], [false, true, null])
  })

  it('passes by a reward that it leaves in a file', async () => {
    const file = join(temporaryFolder(), 'reward.txt')
    const passing = { kind: 'reward', files: [`${file}.none`, file] } as const
    for (const [reward, resolved] of [
      [1, true],
      [0, false],
    ] as const)
      assert.equal(
        (await checked({ check: { command: `echo ${reward} > ${file}; exit 7`, passing } })).resolved,
        resolved,
      )
  })
})
