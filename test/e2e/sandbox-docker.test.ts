import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { connectTo, engineSocket } from '../../src/sandbox/docker/engine.ts'
import { outcomeOf } from '../../src/sandbox/outcome.ts'
import type { SandboxFacts } from '../../src/sandbox/sandbox.ts'
import { sandboxes, skipWithout } from '../fixtures/sandbox.ts'
import { until } from '../fixtures/until.ts'

const box = sandboxes('engine', 'docker')
const skip = await skipWithout(box)
const shell = (script: string): ['sh', '-c', string] => ['sh', '-c', script]

describe('an engine', { skip }, () => {
  it('that goes away in the midst of a run is an infra reason, and the run is left to a sweep', {
    timeout: 60_000,
  }, async () => {
    const way = await wayToEngine(join(box.folder, 'engine.sock'))
    const spec = box.specOf(shell('touch begun; echo so far; sleep 600'), { timeoutMs: 600_000 })
    const runner = box.runner(spec, { env: { ...process.env, DOCKER_HOST: `unix://${way.path}` } })
    const told = runner.stdout === null ? Promise.resolve('') : text(runner.stdout)
    const exited = once(runner, 'exit')
    await until(() => existsSync(join(spec.workspace, 'begun')))
    way.cut()
    await exited
    const facts = JSON.parse((await told).replace('begins\n', '')) as SandboxFacts
    assert.deepEqual([facts.started, facts.exit, facts.timedOut], [true, null, false])
    assert.match(facts.infraReason ?? '', /engine/)
    assert.equal(outcome(facts), 'infra-error')
    // What still runs has its workspace.
    assert.notEqual(statSync(spec.workspace).uid, process.getuid?.())
    assert.equal((await box.containers()).length, 1)
    assert.deepEqual(await box.backend.sweep(), [spec.id])
    assert.deepEqual([...(await box.containers()), ...box.traces(), ...box.parents()], [])
    assert.equal(statSync(spec.workspace).uid, process.getuid?.())
  })

  it('whose container is ended by somebody else is an infra reason', { timeout: 60_000 }, async () => {
    const engine = await connectTo(engineSocket(process.env.DOCKER_HOST) ?? '')
    const running = box.run(shell('touch begun; sleep 600'))
    await until(() => existsSync(join(box.folder, box.lastId(), 'begun')))
    for (const id of await box.containers()) await engine.getContainer(id).kill()
    const ran = await running
    assert.deepEqual([ran.started, ran.exit, ran.signal], [true, null, 'SIGKILL'])
    assert.equal(ran.infraReason, 'the sandbox was killed from outside')
    assert.deepEqual([...(await box.containers()), ...box.traces()], [])
  })

  it('tells of the end of a command in time, though what it left still holds its outputs', {
    timeout: 60_000,
  }, async () => {
    // The engine waits for the outputs, longer than the command had time.
    const ran = await box.run(shell('(setsid sleep 100 &); exit 4'), { timeoutMs: 1500, graceMs: 0 })
    assert.deepEqual([ran.exit, ran.timedOut], [4, false])
  })
})

function outcome(facts: SandboxFacts) {
  return outcomeOf({ facts, check: 'passed', budgetExhausted: false, gatewayFailed: false })
}

/** Another socket of the engine, which can be cut. */
async function wayToEngine(path: string): Promise<{ readonly path: string; readonly cut: () => void }> {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ path: engineSocket(process.env.DOCKER_HOST) ?? '', allowHalfOpen: true })
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from)
      from.on('error', () => to.destroy())
      from.pipe(to)
    }
  })
  await once(server.listen(path), 'listening')
  return {
    path,
    cut() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}
