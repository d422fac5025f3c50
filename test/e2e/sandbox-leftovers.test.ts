import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { eachBackend, type Sandboxes } from '../fixtures/sandbox.ts'
import type { Kind } from '../fixtures/sandbox-backend.ts'
import { until } from '../fixtures/until.ts'

const shell = (script: string): ['sh', '-c', string] => ['sh', '-c', script]
const here = await eachBackend('leftovers')

/** How many runs follow each other; an engine takes half a second for each. */
const RUNS: Readonly<Record<Kind, number>> = { local: 200, docker: 20 }
/** Between two moments at which a runner is killed, so that all of them together reach over the whole of a start. */
const STEP_MS: Readonly<Record<Kind, number>> = { local: 6, docker: 40 }
const ASK =
  'import os, urllib.request as web; print(web.urlopen(os.environ["FORETOKEN_GATEWAY"]).read().decode())'

for (const { box, skip } of Object.values(here))
  describe(`what a ${box.kind} sandbox leaves`, { skip }, () => {
    it(`is nothing, after ${RUNS[box.kind]} runs in a row`, { timeout: 240_000 }, async () => {
      const socket = join(box.folder, `${box.kind}.sock`)
      const server = createServer((_, response) => response.end('hello'))
      await once(server.listen(socket), 'listening')
      chmodSync(socket, 0o600)
      try {
        // The first makes what is kept for all: loaded programs, for one.
        await box.run(shell('exit 0'))
        const before = leftovers(box)
        for (let run = 0; run < RUNS[box.kind]; run++) {
          const command = shell(
            `(setsid sleep 100 >/dev/null 2>&1 &); /usr/bin/python3 -c '${ASK}' && touch made`,
          )
          const ran = await box.run(command, { gateway: { socket } })
          assert.deepEqual([ran.exit, ran.stdout, ran.stderr], [0, 'hello\n', ''])
          assert.equal(statSync(join(ran.workspace, 'made')).uid, process.getuid?.())
        }
        assert.deepEqual(box.traces(), [])
        // Who adopts what a run has left running collects the dead when it comes to it.
        await until(() => leftovers(box).ofRuns.length === 0)
        const after = leftovers(box)
        assert.ok(after.descriptors <= before.descriptors, `${before.descriptors}, ${after.descriptors}`)
        assert.deepEqual({ ...after, descriptors: 0 }, { ...before, descriptors: 0, ofRuns: [] })
      } finally {
        server.closeAllConnections()
        server.close()
      }
      await box.backend.sweep()
      assert.deepEqual(box.parents(), [])
    })

    it('is nothing, after several at once', { timeout: 120_000 }, async () => {
      const runs = Array.from({ length: 6 }, () => box.run(shell('(sleep 100 &); exit 4')))
      assert.deepEqual(
        (await Promise.all(runs)).map(({ exit }) => exit),
        Array(6).fill(4),
      )
      assert.deepEqual(box.traces(), [])
    })

    it('is swept at whatever moment its runner was killed', { timeout: 120_000 }, async () => {
      for (let moment = 0; moment < 20; moment++) {
        const spec = box.specOf(shell('trap "" TERM; (setsid sleep 999 &); sleep 999'))
        const runner = box.runner(spec)
        const exited = once(runner, 'exit')
        if (runner.stdout !== null) await once(runner.stdout, 'data')
        await setTimeout(STEP_MS[box.kind] * moment)
        runner.kill('SIGKILL')
        await exited
        await sweepAll(box)
        assert.deepEqual(
          [...box.traces(), ...(await box.containers())],
          [],
          `killed after ${STEP_MS[box.kind] * moment} ms`,
        )
        assert.equal(statSync(spec.workspace).uid, 0)
        assert.deepEqual(pipesOf(runner.pid), [])
      }
      await sweepAll(box)
      assert.deepEqual([...(await box.containers()), ...box.parents()], [])
    })
  })

/** What this process can hold on to, and what runs can leave on the machine. */
function leftovers({ folder, processes, parents }: Sandboxes) {
  return {
    mounts: readFileSync('/proc/self/mountinfo', 'utf8'),
    children: numbers('/proc').filter((pid) => parentOf(pid) === process.pid).length,
    descriptors: numbers('/proc/self/fd').length,
    sockets: readFileSync('/proc/net/unix', 'utf8').split(folder).length,
    ofRuns: processes(),
    parents: parents(),
  }
}

const numbers = (folder: string): readonly number[] =>
  readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)/m.exec(textOf(`/proc/${pid}/status`))?.[1])
}

/** Of a process that has ended meanwhile there is none. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Folders in which outputs were being made. */
const pipesOf = (pid: number | undefined): readonly string[] =>
  readdirSync(tmpdir()).filter((name) => new RegExp(`^foretoken-pipes-\\d+-${pid}-`).test(name))

/** An engine goes on with what a runner that was killed has just asked for: a container may come when it was looked for already. */
async function sweepAll(box: Sandboxes): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    await box.backend.sweep()
    if ([...box.traces(), ...(await box.containers())].length === 0) return
    await setTimeout(100)
  }
}
