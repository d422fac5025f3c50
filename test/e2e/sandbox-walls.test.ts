import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { hostAddress } from '../fixtures/host-address.ts'
import { eachBackend, type Sandboxes } from '../fixtures/sandbox.ts'
import { until } from '../fixtures/until.ts'

const PYTHON = '/usr/bin/python3'
const ATTEMPTS = fileURLToPath(new URL('../fixtures/isolation-attempts.py', import.meta.url))
const python = (script: string): [string, '-c', string] => [PYTHON, '-c', script]
const shell = (script: string): ['sh', '-c', string] => ['sh', '-c', script]

interface Attempts {
  readonly tried: Readonly<Record<string, string>>
  readonly environment: Readonly<Record<string, string>>
  readonly environments: string
  readonly hostname: string
  readonly pids: number
}

const { local, docker } = await eachBackend('walls')

for (const { box, skip } of [local, docker])
  describe(`the walls of a ${box.kind} sandbox`, { skip }, () => {
    it('stand, whatever is tried', { timeout: 60_000 }, async () => {
      process.env.FORETOKEN_TEST_SECRET = 'hunter2'
      await withNeighbours(box, async (outside) => {
        const ran = await attempt(box, outside)
        assert.ok(Object.keys(ran.tried).length > 50)
        assert.deepEqual(
          // A folder in which nothing is tells nothing.
          Object.entries(ran.tried).filter(([, what]) => !/^(refused: .*|NOT REFUSED: \[\])$/.test(what)),
          [],
        )
        for (const secret of ['hunter2', process.cwd()]) assert.ok(!ran.environments.includes(secret))
        assert.deepEqual(Object.keys(ran.environment).sort(), ENVIRONMENT[box.kind])
        assert.equal(ran.hostname, 'sandbox')
        // Its own, and what holds the sandbox.
        assert.equal(ran.pids, box.kind === 'local' ? 2 : 3)
      })
    })
  })

const ENVIRONMENT = {
  local: ['FORETOKEN_GATEWAY', 'HOME', 'LANG', 'PATH', 'PWD', 'TMPDIR'],
  docker: ['FORETOKEN_GATEWAY', 'HOME', 'HOSTNAME', 'LANG', 'PATH', 'TMPDIR'],
}

describe('a local sandbox shut by its runner', { skip: local.skip }, () => {
  const { box } = local

  it('leave no descriptor of the runner open, and no right', async () => {
    const list = `import os
for fd in os.listdir("/proc/self/fd"):
    if os.path.exists("/proc/self/fd/" + fd) or fd in "12": print("fd", fd, os.readlink("/proc/self/fd/" + fd))
print(open("/proc/self/status").read())`
    const ran = await box.run(python(list))
    const open = [...ran.stdout.matchAll(/^fd (\d+) (.*)/gm)].map(([, fd, file]) => `${fd} ${file}`)
    // Of what was inherited only numbers are left.
    const own = open.filter((each) => !/^(?:\d\d+ \/dev\/null|0 \/dev\/null|[12] \/)/.test(each))
    assert.deepEqual(own, [])
    assert.equal(open.length >= 3, true)
    const rights = ran.stdout.match(/Cap\w+:\s*\w+/g)?.map((line) => line.split('\t')[1])
    assert.deepEqual([...new Set(rights)], ['0000000000000000'])
    assert.match(ran.stdout, /NoNewPrivs:\s1\nSeccomp:\s2\n/)
  })

  it('leave nothing open that the runner itself was given', async () => {
    const list = `import os
for fd in range(3, 60):
    if os.path.lexists(f"/proc/self/fd/{fd}"): print(os.readlink(f"/proc/self/fd/{fd}"))`
    const spec = box.specOf(python(list))
    const secret = openSync(fileURLToPath(import.meta.url), 'r')
    const stdio = Array.from({ length: 41 }, (_, at) => (at === 40 ? secret : 'ignore'))
    const runner = box.runner(spec, { stdio })
    await once(runner, 'exit')
    closeSync(secret)
    const open = readFileSync(spec.stdout.path, 'utf8').split('\n').filter(Boolean)
    // It was passed on, and leads nowhere.
    assert.deepEqual([...new Set(open)], ['/dev/null'])
  })

  it('let scripts open their outputs by name', async () => {
    const ran = await box.run(shell('echo out >/dev/stdout; echo err >/dev/stderr'))
    assert.deepEqual([ran.stdout, ran.stderr], ['out\n', 'err\n'])
  })

  it('let a debugger at what the command itself has started', async () => {
    const attach = `import ctypes, os, subprocess
child = subprocess.Popen(["sleep", "10"])
libc = ctypes.CDLL(None, use_errno=True)
print(libc.ptrace(16, child.pid, 0, 0), os.waitpid(child.pid, 0)[0] == child.pid)
child.kill()`
    assert.equal((await box.run(python(attach))).stdout, '0 True\n')
  })
})

describe('a machine that lacks something', { skip: local.skip }, () => {
  it('is told so, with what to do, and runs nothing', async () => {
    const module = fileURLToPath(new URL('../../src/sandbox/local/local-sandbox.ts', import.meta.url))
    const program = `const { localSandbox } = await import(${JSON.stringify(module)})
const backend = localSandbox()
const { started, infraReason } = await backend.run({}, new AbortController().signal)
console.log(JSON.stringify({ complaints: await backend.check(), started, infraReason, swept: await backend.sweep() }))`
    const { stdout } = await execute(process.execPath, ['--input-type=module', '--eval', program], {
      uid: 65534,
      gid: 65534,
    })
    const { complaints, started, infraReason, swept } = JSON.parse(stdout)
    assert.deepEqual(complaints, [
      { missing: 'root, which gives every run a user of its own', fix: 'start it with sudo' },
    ])
    assert.deepEqual([started, swept], [false, []])
    assert.equal(infraReason, 'missing here: root, which gives every run a user of its own')
  })
})

const execute = promisify(execFile)

/** What there is outside to get at. */
type Outside = Readonly<Record<string, unknown>>

/** Tries to get out of a sandbox that has a way to a gateway of its own. */
async function attempt(box: Sandboxes, outside: Outside): Promise<Attempts> {
  const program = join(box.folder, 'attempts.py')
  writeFileSync(program, readFileSync(ATTEMPTS))
  const socket = join(box.folder, `own-${box.kind}.sock`)
  const own = createServer()
  await once(own.listen(socket), 'listening')
  try {
    const ran = await box.run([PYTHON, '/attempts.py', JSON.stringify({ ...outside, program })], {
      readOnly: [{ source: program, target: '/attempts.py' }],
      gateway: { socket },
    })
    assert.equal(ran.exit, 0, ran.stderr)
    return JSON.parse(ran.stdout) as Attempts
  } finally {
    own.close()
  }
}

/** Another run that goes on meanwhile, with its workspace, its processes and its socket; and servers of the host. */
async function withNeighbours(box: Sandboxes, use: (outside: Outside) => Promise<void>): Promise<void> {
  const [tcp, path, abstract, other] = [createServer(), createServer(), createServer(), createServer()]
  const sockets = { host: join(box.folder, `host-${box.kind}`), other: join(box.folder, `other-${box.kind}`) }
  const name = `foretoken-test-${process.pid}-${box.kind}`
  await Promise.all([
    once(tcp.listen({ host: '::', port: 0 }), 'listening'),
    once(path.listen(sockets.host), 'listening'),
    once(abstract.listen(`\0${name}`), 'listening'),
    once(other.listen(sockets.other), 'listening'),
  ])
  chmodSync(sockets.host, 0o777)
  const stop = new AbortController()
  const running = box.run(
    shell('echo secret >notes; chmod 777 . notes; exec sleep 100'),
    { gateway: { socket: sockets.other } },
    stop.signal,
  )
  const neighbour = join(box.folder, box.lastId())
  try {
    await until(() => existsSync(join(neighbour, 'notes')) && box.processes().length > 0)
    const bound = tcp.address()
    await use({
      files: [join(neighbour, 'notes'), '/etc/shadow', '/proc/kcore', '/proc/1/environ'],
      folders: [neighbour, box.folder, '/root', '/home', '/var', '/sys', '/run', '/proc/1/root'],
      pids: [process.pid, ...box.processes()],
      port: typeof bound === 'object' ? bound?.port : 0,
      address: hostAddress(),
      abstract: name,
      sockets: Object.values(sockets),
    })
  } finally {
    stop.abort()
    await running
    for (const server of [tcp, path, abstract, other]) server.close()
  }
}
