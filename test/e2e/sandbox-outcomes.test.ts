import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { outcomeOf } from '../../src/sandbox/outcome.ts'
import type { SandboxFacts, SandboxSpec } from '../../src/sandbox/sandbox.ts'
import type { Outcome } from '../../src/trajectory/run.ts'
import { forwardersOf } from '../fixtures/forwarders.ts'
import { eachBackend, type Ran, type Sandboxes } from '../fixtures/sandbox.ts'
import { until } from '../fixtures/until.ts'

type Command = SandboxSpec['command']

/** One way for a run to end: provoked for real, and told apart from every other. */
interface Case {
  readonly name: string
  readonly command: Command
  readonly more?: (box: Sandboxes) => Partial<SandboxSpec>
  readonly outcome: Outcome
  readonly facts: Partial<SandboxFacts>
  /** What must be found in the error output, or in the infra reason. */
  readonly says?: RegExp
}

const PYTHON = '/usr/bin/python3'

const shell = (script: string): Command => ['sh', '-c', script]
const HUNGRY = `${PYTHON} -c 'x = b"1" * 10**9'`
const DEAF = 'trap "" TERM; while :; do sleep 0.1; done'

const IGNORE_TERM = 'import signal, subprocess; signal.signal(signal.SIGTERM, signal.SIG_IGN)'
const BOMB = '"bomb() { bomb | bomb & }; bomb; sleep 100"'

const BY_ITSELF = { started: true, signal: null, timedOut: false, infraReason: null } as const
const NOT_STARTED = { started: false, exit: null, signal: null, timedOut: false } as const

const CASES: readonly Case[] = [
  {
    name: 'is resolved where the command does its work',
    ...{ command: shell('echo done >made'), outcome: 'resolved' },
    facts: { ...BY_ITSELF, exit: 0, oomKills: 0 },
  },
  {
    name: 'is failed where it ends with a code',
    ...{ command: shell('echo no >&2; exit 3'), outcome: 'failed', says: /^no\n$/ },
    facts: { ...BY_ITSELF, exit: 3, oomKills: 0, stderrBytes: 3 },
  },
  {
    name: 'is of the infrastructure where memory runs out for the command',
    ...{ command: [PYTHON, '-c', 'x = b"1" * 10**9'], outcome: 'infra-error' },
    facts: { ...BY_ITSELF, exit: 137, oomKills: 1 },
  },
  {
    name: 'is of the infrastructure where memory runs out for a child that the command survives',
    ...{ command: shell(`${HUNGRY}; exit 3`), outcome: 'infra-error' },
    facts: { ...BY_ITSELF, exit: 3, oomKills: 1 },
  },
  {
    name: 'is resolved where the command survives that and does its work',
    ...{ command: shell(`${HUNGRY}; ${HUNGRY}; exit 0`), outcome: 'resolved' },
    facts: { ...BY_ITSELF, exit: 0, oomKills: 2 },
  },
  {
    name: 'is failed where the command kills itself, with the same code as for want of memory',
    ...{ command: shell('kill -9 $$'), outcome: 'failed' },
    facts: { ...BY_ITSELF, exit: 137, oomKills: 0 },
  },
  {
    name: 'is failed where the command only says 137',
    ...{ command: shell('exit 137'), outcome: 'failed' },
    facts: { ...BY_ITSELF, exit: 137, oomKills: 0 },
  },
  {
    name: 'is timed-out where the command and what it started ignore the request to end',
    command: shell(`(setsid sh -c '${DEAF}' &); (sh -c '${DEAF}' &); ${DEAF}`),
    more: () => ({ timeoutMs: 600, graceMs: 300 }),
    outcome: 'timed-out',
    facts: { started: true, exit: null, signal: 'SIGKILL', timedOut: true, oomKills: 0, infraReason: null },
  },
  {
    name: 'is timed-out where the command puts its things away in its grace',
    command: shell('trap "exit 5" TERM; while :; do sleep 0.1; done'),
    more: () => ({ timeoutMs: 600, graceMs: 10_000 }),
    outcome: 'timed-out',
    facts: { ...BY_ITSELF, exit: 5, timedOut: true },
  },
  {
    name: 'is timed-out where the command forks without end',
    command: [PYTHON, '-c', `${IGNORE_TERM}; subprocess.Popen(["sh", "-c", ${BOMB}]); signal.pause()`],
    more: () => ({ timeoutMs: 1500, graceMs: 200 }),
    outcome: 'timed-out',
    facts: { started: true, exit: null, signal: 'SIGKILL', timedOut: true, oomKills: 0, infraReason: null },
    says: /Cannot fork|Resource temporarily unavailable/,
  },
  {
    name: 'is failed where the command fills its disk',
    command: shell('head -c 20000000 /dev/zero >/tmp/full'),
    ...{ outcome: 'failed', says: /No space left on device/ },
    facts: { ...BY_ITSELF, exit: 1, oomKills: 0 },
  },
  {
    name: 'is of the infrastructure where there is no such command',
    ...{ command: ['nosuch'], outcome: 'infra-error', says: /nosuch.*(No such file|not found)/ },
    facts: NOT_STARTED,
  },
  {
    name: 'is failed where the command itself calls something that is not there',
    ...{ command: shell('nosuch'), outcome: 'failed', says: /nosuch: not found/ },
    facts: { ...BY_ITSELF, exit: 127 },
  },
  {
    name: 'is of the infrastructure where something that is to be mounted is missing',
    ...{ command: ['true'], outcome: 'infra-error', says: /\/nosuch/ },
    more: () => ({ readOnly: [{ source: '/nosuch', target: '/x' }] }),
    facts: NOT_STARTED,
  },
  {
    name: 'is of the infrastructure where nobody answers for the gateway',
    ...{ command: ['true'], outcome: 'infra-error', says: /nosuch\.sock/ },
    more: ({ folder }) => ({ gateway: { socket: join(folder, 'nosuch.sock') } }),
    facts: NOT_STARTED,
  },
]

const { local, docker } = await eachBackend('outcomes')

for (const { box, skip } of [local, docker]) {
  describe(`the outcome in a ${box.kind} sandbox`, { skip }, () => {
    for (const each of CASES)
      it(each.name, { timeout: 30_000 }, async () => {
        const ran = await box.run(each.command, each.more?.(box))
        assert.deepEqual(pick(ran, each.facts), each.facts)
        assert.equal(outcome(ran), each.outcome)
        if (each.says !== undefined) assert.match(`${ran.infraReason ?? ran.stderr}`, each.says)
        assert.deepEqual(box.traces(), [])
      })

    it('is of the infrastructure where the way to the gateway is lost', { timeout: 30_000 }, async () => {
      const ran = await withGateway(box, async (socket) => {
        const running = box.run(shell('touch begun; sleep 2'), { gateway: { socket } })
        await until(() => existsSync(join(box.folder, box.lastId(), 'begun')))
        for (const pid of forwardersOf(socket)) process.kill(pid, 'SIGKILL')
        return running
      })
      assert.deepEqual([ran.infraReason, ran.exit], ['the way to the gateway was lost', 0])
      assert.equal(outcome(ran), 'infra-error')
    })

    it('is of the infrastructure where the run is stopped, and the command did not fail', async () => {
      const stop = new AbortController()
      const running = box.run(shell('touch begun; sleep 100'), {}, stop.signal)
      await until(() => existsSync(join(box.folder, box.lastId(), 'begun')))
      stop.abort()
      const ran = await running
      assert.deepEqual([ran.infraReason, outcome(ran)], ['the run was stopped', 'infra-error'])
      const before = await box.run(['true'], {}, AbortSignal.abort())
      assert.deepEqual([before.infraReason, outcome(before)], ['the run was stopped', 'infra-error'])
      assert.deepEqual(box.traces(), [])
    })

    it('is no outcome where the runner is killed: a sweep finds the run, and nothing is left', {
      timeout: 60_000,
    }, async () => {
      await withGateway(box, async (socket) => {
        const command = shell(`touch begun; (setsid sh -c '${DEAF}' &); ${DEAF}`)
        const spec = box.specOf(command, { gateway: { socket }, timeoutMs: 600_000 })
        const runner = box.runner(spec)
        const exited = once(runner, 'exit')
        await until(() => existsSync(join(spec.workspace, 'begun')))
        assert.notEqual(statSync(spec.workspace).uid, process.getuid?.())
        assert.deepEqual(await box.backend.sweep(), [])
        runner.kill('SIGKILL')
        await exited
        assert.deepEqual(await box.backend.sweep(), [spec.id])
        assert.deepEqual(box.traces(), [])
        assert.equal(statSync(join(spec.workspace, 'begun')).uid, process.getuid?.())
        await until(() => forwardersOf(socket).length === 0)
        assert.deepEqual(await box.backend.sweep(), [])
        assert.deepEqual(box.parents(), [])
      })
    })
  })
}

describe('a script whose interpreter is not there', () => {
  const run = (box: Sandboxes) =>
    box.run(['/broken'], { readOnly: [{ source: brokenScript(box), target: '/broken' }] })

  it('is not started in a local sandbox', { skip: local.skip }, async () => {
    const ran = await run(local.box)
    assert.deepEqual(pick(ran, NOT_STARTED), NOT_STARTED)
    assert.match(ran.infraReason ?? '', /execvp .*: No such file or directory/)
  })

  it('fails in a docker sandbox, whose engine takes it for started', { skip: docker.skip }, async () => {
    const ran = await run(docker.box)
    assert.deepEqual([ran.started, ran.exit, outcome(ran)], [true, 1, 'failed'])
    assert.match(ran.stderr, /no such file or directory/)
  })
})

describe('an image', { skip: docker.skip }, () => {
  it('that is not there is an infra reason, and none is fetched', async () => {
    const ran = await docker.box.run(['true'], { image: 'foretoken-test/nosuch:1' })
    assert.deepEqual(pick(ran, NOT_STARTED), NOT_STARTED)
    assert.match(ran.infraReason ?? '', /No such image: foretoken-test\/nosuch:1/)
    assert.equal(outcome(ran), 'infra-error')
  })

  it('is needed by docker, and nothing for local', async () => {
    const none = await docker.box.run(['true'], { image: null })
    assert.match(none.infraReason ?? '', /needs an image/)
    const other = await local.box.run(['true'], { image: 'a:1' })
    assert.match(other.infraReason ?? '', /has no images|missing here/)
    assert.deepEqual([none.started, other.started], [false, false])
  })
})

function outcome(facts: SandboxFacts): Outcome | null {
  return outcomeOf({ facts, check: 'passed', budgetExhausted: false, gatewayFailed: false })
}

/** Of all facts those that are asked about. */
function pick(ran: Ran, asked: Partial<SandboxFacts>): Partial<SandboxFacts> {
  return Object.fromEntries(Object.keys(asked).map((key) => [key, ran[key as keyof SandboxFacts]]))
}

function brokenScript({ folder }: Sandboxes): string {
  const path = join(folder, 'broken')
  writeFileSync(path, '#!/nosuch/interpreter\n')
  chmodSync(path, 0o755)
  return path
}

/** Something that answers at a socket, as long as it is used. */
async function withGateway<T>({ folder, kind }: Sandboxes, use: (socket: string) => Promise<T>): Promise<T> {
  const socket = join(folder, `${kind}-${Date.now()}.sock`)
  const server = createServer()
  await once(server.listen(socket), 'listening')
  try {
    return await use(socket)
  } finally {
    server.close()
  }
}
