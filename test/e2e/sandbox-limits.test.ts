import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { SandboxSpec } from '../../src/sandbox/sandbox.ts'
import { eachBackend, type Ran, type Sandboxes } from '../fixtures/sandbox.ts'

const MEBIBYTE = 2 ** 20
const UNCAPPED = { cpus: null, memoryBytes: null, pids: null }
const LOAD = fileURLToPath(new URL('../fixtures/load.py', import.meta.url))

/** What a command can be asked for, and what it says that it took. */
interface Asked {
  readonly burn?: readonly [number, number]
  readonly fill?: number
}
interface Took {
  readonly wallSeconds: number
  readonly cpuSeconds: number
  readonly allCpuSeconds: number
  readonly heldBytes: number
}

for (const { box, skip } of Object.values(await eachBackend('limits')))
  describe(`floor and ceiling of a ${box.kind} sandbox`, { skip }, () => {
    it('divide one processor 3 to 1, while something outside burns the rest', {
      timeout: 60_000,
    }, async () => {
      const outside = spawn('taskset', ['-c', '0', 'sh', '-c', 'while :; do :; done'], { stdio: 'ignore' })
      try {
        const begin = Date.now() / 1000 + 2
        const busy = (cpus: number) =>
          use(box, { burn: [begin, begin + 5] }, { floor: { cpus, memoryBytes: 0 }, ceiling: UNCAPPED })
        const [large, small] = await Promise.all([busy(1.5), busy(0.5)])
        const [most, least] = [took(large).cpuSeconds, took(small).cpuSeconds]
        near(most / least, 3, 0.1)
        // The rest is little: sandboxes together weigh more than what is outside.
        assert.ok(most + least > 0.85 * 5, `${most} s and ${least} s of 5`)
      } finally {
        outside.kill('SIGKILL')
      }
    })

    it('hold a command to its share of the processors', { timeout: 60_000 }, async () => {
      const now = Date.now() / 1000
      const ceiling = { cpus: 0.5, memoryBytes: 128 * MEBIBYTE, pids: 60 }
      const ran = await use(box, { burn: [now + 1.5, now + 6.5] }, { ceiling })
      const { cpuSeconds, wallSeconds } = took(ran)
      near(cpuSeconds / wallSeconds, 0.5, 0.05)
      assert.ok((ran.throttledSeconds ?? 0) > 1, `${ran.throttledSeconds} s`)
    })

    it('end a command at its memory, and not before', { timeout: 60_000 }, async () => {
      const memoryBytes = 256 * MEBIBYTE
      const ran = await use(box, { fill: 2 * memoryBytes }, { ceiling: { ...UNCAPPED, memoryBytes } })
      assert.deepEqual([ran.exit, ran.oomKills], [137, 1])
      near(Number(ran.stdout.trim().split('\n').at(-1)), memoryBytes, 0.05)
      near(ran.peakMemoryBytes ?? 0, memoryBytes, 0.05)
    })

    it('are told with what was taken, as the command itself reckons it', { timeout: 60_000 }, async () => {
      const now = Date.now() / 1000
      const ran = await use(
        box,
        { burn: [now + 1.5, now + 4.5], fill: 200 * MEBIBYTE },
        { ceiling: UNCAPPED },
      )
      const { allCpuSeconds, heldBytes } = took(ran)
      near(ran.cpuSeconds ?? 0, allCpuSeconds, 0.05)
      near(ran.peakMemoryBytes ?? 0, heldBytes, 0.05)
      assert.deepEqual([ran.oomKills, ran.throttledSeconds], [0, 0])
    })
  })

/** On the first processor, whatever else is there. */
async function use(box: Sandboxes, asked: Asked, more: Partial<SandboxSpec>): Promise<Ran> {
  const program = join(box.folder, 'load.py')
  copyFileSync(LOAD, program)
  const readOnly = [{ source: program, target: '/load.py' }]
  const command = ['taskset', '-c', '0', '/usr/bin/python3', '/load.py', JSON.stringify(asked)] as const
  return box.run([...command], { readOnly, ...more })
}

function took({ stdout, stderr }: Ran): Took {
  assert.equal(stderr, '')
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Took
}

/** Within a share of it. */
function near(value: number, expected: number, share: number): void {
  assert.ok(Math.abs(value / expected - 1) < share, `${value} is not within ${100 * share} % of ${expected}`)
}
