import assert from 'node:assert/strict'
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readPatch } from '../../src/runner/tasks/workspace.ts'
import { nodeFirst } from '../fixtures/gateway/buggy-repository.ts'
import { git } from '../fixtures/git-repository.ts'
import { runPlain } from '../fixtures/run-plain.ts'
import { openTask, SHIPPED, TASKS } from '../fixtures/shipped-task.ts'

const solutionOf = (name: string): Buffer => readFileSync(join(TASKS, name, 'solution.patch'))

/** Changes that look like a solution to whoever asks the visible tests, and to whoever asks the exit code only. */
const CHEATS: Readonly<Record<(typeof SHIPPED)[number], Readonly<Record<string, (folder: string) => void>>>> =
  {
    'csv-line-breaks': {
      'deletes the tests': (folder) => rmSync(join(folder, 'test'), { recursive: true }),
      'skips the tests': (folder) => {
        for (const name of readdirSync(join(folder, 'test'))) {
          const file = join(folder, 'test', name)
          writeFileSync(file, readFileSync(file, 'utf8').replaceAll('describe(', 'describe.skip('))
        }
      },
      'ends the process when it is loaded': (folder) =>
        appendFileSync(join(folder, 'src/parse-csv.mjs'), 'process.exit(0)\n'),
      'brings a check of its own': (folder) => symlinkSync('/tmp', join(folder, 'check')),
    },
    'version-order': {
      'deletes the tests': (folder) => rmSync(join(folder, 'test'), { recursive: true }),
      'ends the process when it is loaded': (folder) =>
        appendFileSync(join(folder, 'src/parse-version.mjs'), 'process.exit(0)\n'),
      'says that all are equal': (folder) =>
        writeFileSync(join(folder, 'src/compare-versions.mjs'), 'export const compareVersions = () => 0\n'),
    },
    'fair-split': {
      'deletes the tests': (folder) => rmSync(join(folder, 'tests'), { recursive: true }),
      'skips the tests': (folder) => {
        const file = join(folder, 'tests/test_split.py')
        writeFileSync(file, readFileSync(file, 'utf8').replaceAll('class ', '@unittest.skip("")\nclass '))
      },
      'ends the process when it is loaded': (folder) =>
        appendFileSync(join(folder, 'fairsplit/split.py'), 'import os\nos._exit(0)\n'),
      'puts modules in the way of the check': (folder) =>
        writeFileSync(join(folder, 'json.py'), 'raise SystemExit(0)\n'),
    },
  }

for (const name of SHIPPED) {
  describe(`the task ${name}`, () => {
    it('has tests that pass on the commit as it is, where the hidden check fails', async () => {
      const { workspace, check } = await openTask(name)
      const folder = await workspace()
      const tests = name === 'fair-split' ? 'python3 -m unittest' : 'node --test'
      const env = nodeFirst({ PATH: `${nodeFirst({}).PATH}:${process.env.PATH ?? ''}` })
      const visible = await runPlain(['bash', '-c', tests], { cwd: folder, env, timeoutMs: 30_000 })
      assert.equal(visible.exit, 0, visible.stdout + visible.stderr)
      const { resolved, output } = await check(Buffer.alloc(0))
      assert.ok(!resolved)
      assert.match(output, /^ok|\d+ wrong/m, 'it fails for the bug, not for want of answers')
    })

    it('is resolved by its solution', async () => {
      const { check } = await openTask(name)
      const { resolved, output } = await check(solutionOf(name))
      assert.ok(resolved, output)
    })

    it('shows the agent neither check nor solution', async () => {
      const { workspace } = await openTask(name)
      const folder = await workspace()
      assert.ok(!existsSync(join(folder, 'check')))
      assert.equal(git(folder, 'log', '--format=%s'), 'The code as it is')
      assert.equal(git(folder, 'status', '--porcelain'), '')
      assert.equal(git(folder, 'remote'), '')
    })

    it('begins at the same commit wherever it is made', async () => {
      const [one, other] = await Promise.all([openTask(name), openTask(name)])
      assert.equal(one.repository.commit, other.repository.commit)
    })

    for (const [what, cheat] of Object.entries(CHEATS[name])) {
      it(`is not resolved by a change that ${what}`, async () => {
        const { workspace, repository, check } = await openTask(name)
        const folder = await workspace()
        cheat(folder)
        const patch = await readPatch(repository, folder)
        assert.notEqual(patch.length, 0)
        assert.ok(!(await check(patch)).resolved)
      })
    }
  })
}
