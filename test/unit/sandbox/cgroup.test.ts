import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  type Cgroup,
  joinFiles,
  killAll,
  makeGroup,
  makeParent,
  readGroupFile,
  removeGroup,
} from '../../../src/sandbox/local/cgroup.ts'
import type { CgroupLayout, Hierarchy } from '../../../src/sandbox/local/cgroup-layout.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

/** A folder that looks like a hierarchy, but for what the kernel puts into new groups by itself. */
function fake(version: 1 | 2, names: readonly string[] = ['one']): { layout: CgroupLayout; root: string } {
  const root = temporaryFolder()
  const hierarchies = names.map((name): Hierarchy => {
    mkdirSync(join(root, name))
    return { version, root: join(root, name), controllers: [] }
  })
  const [first = { version, root, controllers: [] }, second = first] = hierarchies
  return { root, layout: { memory: first, cpu: second, cpuacct: second, pids: first, kill: first } }
}

const put = (path: string, files: Readonly<Record<string, string>>): void => {
  mkdirSync(path, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
}

describe('a control group', () => {
  it('of version 2 passes its controllers on, from the root and from the parent', async () => {
    const { layout, root } = fake(2)
    put(join(root, 'one', 'foretoken'), { 'cpu.weight': '' })
    await makeParent({ layout, path: 'foretoken' }, [write('cpu.weight', '2000')])
    for (const at of ['one', 'one/foretoken'])
      assert.equal(readFileSync(join(root, at, 'cgroup.subtree_control'), 'utf8'), '+memory +cpu +pids')
    assert.equal(readFileSync(join(root, 'one/foretoken/cpu.weight'), 'utf8'), '2000')
  })

  it('of version 1 has nothing to pass on, and is made in every hierarchy that has a part in it', async () => {
    const { layout, root } = fake(1, ['memory', 'cpu'])
    await makeParent({ layout, path: 'foretoken' }, [])
    await makeGroup({ layout, path: 'foretoken/7' }, [])
    assert.equal(existsSync(join(root, 'memory', 'cgroup.subtree_control')), false)
    const group = { layout, path: 'foretoken/7' }
    assert.deepEqual(
      joinFiles(group),
      ['memory', 'cpu'].map((name) => join(root, name, 'foretoken/7/tasks')),
    )
    const second = { layout: fake(2).layout, path: 'foretoken/7' }
    assert.ok(joinFiles(second).every((file) => file.endsWith('foretoken/7/cgroup.procs')))
    await removeGroup(group)
    assert.ok(['memory', 'cpu'].every((name) => !existsSync(join(root, name, 'foretoken/7'))))
  })

  it('fails where the kernel lacks a limit, unless the run can do without', async () => {
    const { layout } = fake(1)
    const group: Cgroup = { layout, path: 'foretoken' }
    await makeParent(group, [{ ...write('memory.memsw.limit_in_bytes', '1'), optional: true }])
    await assert.rejects(makeParent(group, [write('memory.limit_in_bytes', '1')]), { code: 'ENOENT' })
  })

  it('that is not there is empty, gone, and counts nothing', async () => {
    const { layout } = fake(2)
    const group: Cgroup = { layout, path: 'foretoken/8' }
    await killAll(group)
    await removeGroup(group)
    assert.equal(await readGroupFile(group, 'memory', 'memory.peak'), null)
  })

  it('is empty when the kernel says so', async () => {
    const { layout, root } = fake(2)
    const group: Cgroup = { layout, path: 'foretoken/9' }
    put(join(root, 'one', group.path), { 'cgroup.events': 'populated 1\nfrozen 0\n', 'cgroup.kill': '' })
    const killed = killAll(group)
    const kill = join(root, 'one', group.path, 'cgroup.kill')
    while (readFileSync(kill, 'utf8') !== '1') await new Promise(setImmediate)
    put(join(root, 'one', group.path), { 'cgroup.events': 'populated 0\nfrozen 0\n' })
    await killed
  })
})

const write = (file: string, value: string) => ({ role: 'cpu' as const, file, value, optional: false })
