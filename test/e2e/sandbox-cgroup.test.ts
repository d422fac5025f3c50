import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import {
  type Cgroup,
  joinFiles,
  killAll,
  makeGroup,
  makeParent,
  readGroupFile,
  removeGroup,
  removeParent,
} from '../../src/sandbox/local/cgroup.ts'
import { type CgroupLayout, layOut, parseHierarchies } from '../../src/sandbox/local/cgroup-layout.ts'
import { limitWrites } from '../../src/sandbox/local/limits.ts'

const layout = firstVersion()
const skip =
  'memory' in layout && process.getuid?.() === 0 ? false : 'no control groups of version 1 here, or not root'

/** Forks on when it is asked to end, and whatever is killed of it one by one. */
const DEAF = 'trap "" TERM; deaf() { trap "" TERM; (deaf &); (deaf &); while :; do sleep 0.05; done; }; deaf'

describe('a control group of a machine without version 2', { skip }, () => {
  it('is frozen to be ended, so that nothing forks away', { timeout: 60_000 }, async () => {
    if (!('memory' in layout)) return
    const [parent, group]: Cgroup[] = ['foretoken-test-v1', 'foretoken-test-v1/1'].map((path) => ({
      layout,
      path,
    }))
    assert.ok(parent && group)
    await makeParent(parent, [])
    const ceiling = { cpus: 0.5, memoryBytes: null, pids: 40 }
    await makeGroup(group, limitWrites({ floor: { cpus: 0.5, memoryBytes: 0 }, ceiling }, layout))
    const join = joinFiles(group).map((file) => `echo $$ >${file}`)
    const child = spawn('sh', ['-c', [...join, DEAF].join('; ')], { stdio: 'ignore', detached: true })
    const exited = once(child, 'exit')
    const count = async () => ((await readGroupFile(group, 'kill', 'cgroup.procs')) ?? '').split('\n').length
    try {
      for (const deadline = Date.now() + 20_000; (await count()) < 30; await setTimeout(20))
        assert.ok(Date.now() < deadline)
    } finally {
      await killAll(group)
      await exited
      assert.equal(await count(), 1)
      await removeGroup(group)
      await removeParent(parent)
    }
  })
})

/** What this machine would have if it had nothing else. */
function firstVersion(): CgroupLayout | ReturnType<typeof layOut> {
  const mounts = parseHierarchies(readFileSync('/proc/self/mountinfo', 'utf8'))
  return layOut(mounts.filter(({ version }) => version === 1))
}
