import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { countersOf, keepTold } from '../../../../src/sandbox/kubernetes/told.ts'
import { jobRun } from '../../../fixtures/job-run.ts'
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts'

/** A folder as it was fetched, and where its outputs go. */
function fetched(files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder()
  for (const name of ['shared', 'kept']) mkdirSync(join(folder, name))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const [stdout, stderr] = ['stdout', 'stderr'].map((name) => ({ path: join(folder, name), maxBytes: 10 }))
  const { spec } = jobRun({}, { ...(stdout ? { stdout } : {}), ...(stderr ? { stderr } : {}) })
  return { folder, spec }
}
const OUTPUTS = { 'kept/out': 'hello', 'kept/out.more': '7\n', 'kept/err': '', 'kept/err.more': '0\n' }

describe('what is told of a command', () => {
  it('are its outputs, counted to their end, and that it began', async () => {
    const { folder, spec } = fetched({ ...OUTPUTS, 'shared/begun': '' })
    const { begun, late, notStarted, stdout, stderr } = await keepTold(folder, spec)
    assert.deepEqual([begun, late, notStarted], [true, false, null])
    assert.deepEqual(
      [stdout, stderr],
      [
        { bytes: 12, trouble: null },
        { bytes: 0, trouble: null },
      ],
    )
    assert.equal(readFileSync(spec.stdout.path, 'utf8'), 'hello')
  })

  it('is what the shell said that could not start it, by a word that the command does not know', async () => {
    const said = { ...OUTPUTS, 'shared/word': 'a-word\n', 'kept/err': 'a-word: exec: nosuch: not found\n' }
    const { folder, spec } = fetched(said)
    assert.equal((await keepTold(folder, spec)).notStarted, 'exec: nosuch: not found')
    const other = fetched({ ...said, 'kept/err': 'sh: exec: nosuch: not found\n' })
    assert.equal((await keepTold(other.folder, other.spec)).notStarted, null)
    const empty = fetched({ ...said, 'shared/word': '\n', 'kept/err': ': nosuch\n' })
    assert.equal((await keepTold(empty.folder, empty.spec)).notStarted, null)
  })

  it('is unknown where an output was not counted to its end', async () => {
    const { folder, spec } = fetched({ ...OUTPUTS, 'kept/out.more': '' })
    assert.deepEqual((await keepTold(folder, spec)).stdout, { bytes: null, trouble: null })
  })

  it('cannot be kept where there is no place for it', async () => {
    const { folder, spec } = fetched(OUTPUTS)
    const stdout = { path: join(folder, 'nosuch', 'out'), maxBytes: 1 }
    const told = await keepTold(folder, { ...spec, stdout })
    assert.match(told.stdout.trouble ?? '', /nosuch\/out could not be written: ENOENT/)
  })
})

describe('the counters of a container', () => {
  it('are those of either version, wherever a node has mounted them', async () => {
    const counted = { oomKills: 2, peakMemoryBytes: 300, cpuSeconds: 1.5, throttledSeconds: 0.25 }
    const v2 =
      'memory.events oom 1\nmemory.events oom_kill 2\nmemory.peak 300\ncpu.stat usage_usec 1500000\ncpu.stat throttled_usec 250000\n'
    assert.deepEqual(await countersOf(v2), counted)
    for (const cpu of ['cpu', 'cpu,cpuacct']) {
      const v1 = [
        'memory/memory.oom_control under_oom 0',
        'memory/memory.oom_control oom_kill 2',
        'memory/memory.max_usage_in_bytes 300',
        `${cpu}/cpu.stat throttled_time 250000000`,
        `${cpu === 'cpu' ? 'cpuacct' : cpu}/cpuacct.usage 1500000000`,
      ]
      assert.deepEqual(await countersOf(v1.join('\n')), counted)
    }
  })

  it('are unknown where nothing was told', async () => {
    assert.ok(Object.values(await countersOf('')).every((value) => value === null))
  })
})
