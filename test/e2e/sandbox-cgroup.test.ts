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

const mounts = parseHierarchies(readFileSync('/proc/self/mountinfo', 'utf8'))
const whole = layOut(mounts)
const notRoot = process.getuid?.() === 0 ? false : 'not root'

/** What may end a group here: the freezer of version 1, and version 2. */
const KILLERS = mounts.filter(({ version, controllers }) => version === 2 || controllers.includes('freezer'))

/**
 * Deaf to being asked to end; forks on for as long as there is room, and anew for each that is killed of it one by one.
 * Not a shell's: that ends where it may not fork, so that the number which the crowd comes to rest at is left to chance.
 */
const DEAF = `exec perl -e '$SIG{TERM} = "IGNORE"; fork, select undef, undef, undef, .01 while 1'`

describe('a control group', { skip: 'memory' in whole ? notRoot : 'no control groups here' }, () => {
  for (const kill of KILLERS)
    it(`is ended by version ${kill.version} with all that forks on`, { timeout: 60_000 }, async () => {
      if ('memory' in whole) await endsAll({ ...whole, kill })
    })
})

async function endsAll(layout: CgroupLayout): Promise<void> {
  const parent: Cgroup = { layout, path: 'foretoken-test-kill' }
  const group: Cgroup = { layout, path: 'foretoken-test-kill/1' }
  await makeParent(parent, [])
  const ceiling = { cpus: 0.5, memoryBytes: null, pids: 40 }
  await makeGroup(group, limitWrites({ floor: { cpus: 0.5, memoryBytes: 0 }, ceiling }, layout))
  const join = joinFiles(group).map((file) => `echo 0 >${file}`)
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
}
