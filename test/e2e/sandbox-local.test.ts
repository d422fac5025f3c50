import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSocketServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { outcomeOf } from '../../src/sandbox/outcome.ts'
import { GATEWAY_PORT, type SandboxFacts } from '../../src/sandbox/sandbox.ts'
import { QUESTIONS } from '../fixtures/gateway/same-question.ts'
import { mendScript } from '../fixtures/gateway/script.ts'
import { scriptedUpstream } from '../fixtures/gateway/scripted-upstream.ts'
import { watchedGateway } from '../fixtures/gateway/watched-gateway.ts'
import { sandboxes } from '../fixtures/sandbox.ts'

const MEBIBYTE = 2 ** 20
const PYTHON = '/usr/bin/python3'
const box = sandboxes('e2e')
const complaints = await box.backend.check()
const skip =
  complaints.length === 0 ? false : complaints.map(({ missing, fix }) => `${missing} → ${fix}`).join('; ')

const outcome = (facts: SandboxFacts) =>
  outcomeOf({ facts, check: 'passed', budgetExhausted: false, gatewayFailed: false })

const shell = (script: string): ['sh', '-c', string] => ['sh', '-c', script]
const python = (script: string): [string, '-c', string] => [PYTHON, '-c', script]

describe('a local sandbox', { skip }, () => {
  it('runs a command to its end, and tells what it took', async () => {
    const ran = await box.run(
      python('x = b"1" * (20 << 20); sum(range(10**6)); print("done"); open("made", "w")'),
    )
    assert.deepEqual([ran.started, ran.exit, ran.signal, ran.infraReason], [true, 0, null, null])
    assert.equal(ran.stdout, 'done\n')
    assert.ok((ran.cpuSeconds ?? 0) > 0.01 && (ran.cpuSeconds ?? 9) < 5)
    assert.ok((ran.peakMemoryBytes ?? 0) > 20 * MEBIBYTE && (ran.peakMemoryBytes ?? 1e9) < 64 * MEBIBYTE)
    assert.equal(outcome(ran), 'resolved')
    // What was made belongs to who gave the folder.
    assert.equal(statSync(join(ran.workspace, 'made')).uid, process.getuid?.())
  })

  it('gives the workspace back whole, however much is in it, and no file that gives rights', async () => {
    const make = (count: number) =>
      `mkdir -p deep/er && cp /bin/true deep/er/tool && chmod 6755 deep/er/tool && ln -s /etc/passwd link && seq ${count} | xargs touch`
    for (const count of [3, 1000]) {
      const ran = await box.run(shell(make(count)))
      assert.deepEqual([ran.exit, ran.stderr], [0, ''])
      const names = readdirSync(ran.workspace, { recursive: true, encoding: 'utf8' })
      assert.equal(names.length, count + 4)
      for (const name of names) {
        const { uid, gid, mode } = lstatSync(join(ran.workspace, name))
        assert.deepEqual([uid, gid, mode & 0o6000], [0, 0, 0], name)
      }
    }
    assert.equal(statSync('/etc/passwd').uid, 0)
  })

  it('has its workspace where other users of the host cannot go', async () => {
    const closed = join(box.folder, 'closed')
    const workspace = join(closed, 'workspace')
    mkdirSync(workspace, { recursive: true })
    chmodSync(closed, 0o700)
    const ran = await box.run(shell('echo made >here; ls'), { workspace })
    assert.deepEqual([ran.exit, ran.stdout, ran.infraReason], [0, 'here\n', null])
    assert.equal(readFileSync(join(workspace, 'here'), 'utf8'), 'made\n')
  })

  it('gives the code of the command', async () => {
    const ran = await box.run(shell('echo no >&2; exit 3'))
    assert.deepEqual([ran.exit, ran.oomKills, ran.infraReason, ran.stderr], [3, 0, null, 'no\n'])
    assert.equal(outcome(ran), 'failed')
  })

  it('tells a command that kills itself from one that ran out of memory', async () => {
    const killed = await box.run(shell('kill -9 $$'))
    const hungry = await box.run(python('x = b"1" * 10**9'))
    assert.deepEqual([killed.exit, killed.oomKills, killed.infraReason], [137, 0, null])
    assert.deepEqual([hungry.exit, hungry.oomKills], [137, 1])
    assert.deepEqual([outcome(killed), outcome(hungry)], ['failed', 'infra-error'])
    assert.ok(Math.abs((hungry.peakMemoryBytes ?? 0) / (128 * MEBIBYTE) - 1) < 0.05)
  })

  it('sees memory run out for a child that the command survives', async () => {
    const ran = await box.run(shell(`${PYTHON} -c 'x = b"1" * 10**9'; exit 3`))
    assert.deepEqual([ran.exit, ran.oomKills], [3, 1])
    assert.equal(outcome(ran), 'infra-error')
  })

  it('counts what is put into /tmp as memory, and has no more room there than was asked for', async () => {
    const ran = await box.run(shell('head -c 20000000 /dev/zero >/tmp/full'))
    assert.notEqual(ran.exit, 0)
    assert.match(ran.stderr, /No space left on device/)
    assert.ok((ran.peakMemoryBytes ?? 0) > 8 * MEBIBYTE)
    assert.equal(outcome(ran), 'failed')
  })

  it('ends in time what ignores the request to, with all that it has started', async () => {
    const deaf = 'trap "" TERM; while :; do sleep 0.1; done'
    const started = performance.now()
    const ran = await box.run(shell(`(setsid sh -c '${deaf}' &); ${deaf}`), { timeoutMs: 400, graceMs: 200 })
    assert.ok(performance.now() - started < 5000)
    assert.deepEqual([ran.timedOut, ran.exit, ran.signal, ran.infraReason], [true, null, 'SIGKILL', null])
    assert.equal(outcome(ran), 'timed-out')
  })

  it('lets a command that is out of time put its things away', async () => {
    const ran = await box.run(shell('trap "echo bye; exit 5" TERM; while :; do sleep 0.1; done'), {
      ...{ timeoutMs: 400, graceMs: 5000 },
    })
    assert.deepEqual([ran.timedOut, ran.exit, ran.stdout], [true, 5, 'bye\n'])
    assert.equal(outcome(ran), 'timed-out')
  })

  it('ends what a command leaves running', async () => {
    const ran = await box.run(shell('(setsid sleep 1000 &); exit 0'))
    assert.deepEqual([ran.exit, ran.timedOut], [0, false])
    assert.deepEqual(box.traces(), [])
  })

  it('holds a fork bomb', async () => {
    const ran = await box.run(shell('bomb() { bomb | bomb & }; bomb; sleep 100'), { timeoutMs: 1500 })
    assert.equal(ran.timedOut, true)
    assert.match(ran.stderr, /Cannot fork|Resource temporarily unavailable/)
    assert.equal(outcome(ran), 'timed-out')
  })

  it('tells a command that cannot be started from one that fails', async () => {
    writeFileSync(join(box.folder, 'broken'), '#!/nosuch/interpreter\n', { mode: 0o755 })
    chmodSync(join(box.folder, 'broken'), 0o755)
    const readOnly = [{ source: join(box.folder, 'broken'), target: '/broken' }]
    const missing = await box.run(['nosuch'])
    const broken = await box.run(['/broken'], { readOnly })
    for (const ran of [missing, broken]) {
      assert.deepEqual([ran.started, ran.exit], [false, null])
      assert.match(ran.infraReason ?? '', /execvp .*: No such file or directory/)
      assert.equal(outcome(ran), 'infra-error')
    }
    const inner = await box.run(shell('nosuch'))
    assert.deepEqual([inner.started, inner.exit, outcome(inner)], [true, 127, 'failed'])
  })

  it('says why a sandbox could not be made', async () => {
    const mount = await box.run(['true'], { readOnly: [{ source: '/nosuch', target: '/x' }] })
    assert.match(mount.infraReason ?? '', /source path \/nosuch/)
    const workspace = join(box.folder, 'nosuch')
    const folder = await box.run(['true'], { workspace })
    assert.match(folder.infraReason ?? '', /ENOENT/)
    const output = { path: join(box.folder, 'nosuch', 'out'), maxBytes: 10 }
    assert.match((await box.run(['true'], { stdout: output })).infraReason ?? '', /could not be written/)
    assert.deepEqual(box.traces(), [])
  })

  it('keeps an output until it is full, and lets the command write on', async () => {
    const ran = await box.run(shell('head -c 3000000 /dev/zero; echo over >&2'))
    assert.deepEqual([ran.exit, ran.stdoutBytes, ran.stdout.length], [0, 3_000_000, MEBIBYTE])
    assert.equal(ran.stderr, 'over\n')
  })

  it('ends at once when it is told to, and says so', async () => {
    const stop = new AbortController()
    const running = box.run(['sleep', '100'], {}, stop.signal)
    await until(() => box.traces().length > 1)
    stop.abort()
    const ran = await running
    assert.equal(ran.infraReason, 'the run was stopped')
    const before = await box.run(['sleep', '100'], {}, AbortSignal.abort())
    assert.equal(before.infraReason, 'the run was stopped')
    assert.deepEqual(box.traces(), [])
  })

  it('holds a command to its share of a processor', async () => {
    const ceiling = { cpus: 0.25, memoryBytes: 128 * MEBIBYTE, pids: 60 }
    const burn = 'import time; end = time.time() + 2\nwhile time.time() < end: pass'
    const ran = await box.run(python(burn), { ceiling })
    assert.ok((ran.cpuSeconds ?? 9) < 0.25 * 2 * 1.3, `${ran.cpuSeconds} s`)
    assert.ok((ran.throttledSeconds ?? 0) > 0.5, `${ran.throttledSeconds} s`)
  })
})

const ATTEMPTS = fileURLToPath(new URL('../fixtures/isolation-attempts.py', import.meta.url))

interface Attempts {
  readonly tried: Readonly<Record<string, string>>
  readonly environment: Readonly<Record<string, string>>
  readonly environments: string
  readonly pids: number
}

describe('the floors of local sandboxes', { skip }, () => {
  it('divide a processor as they say, while something outside burns the rest', {
    timeout: 60_000,
  }, async () => {
    const outside = spawn(BURN[0], BURN.slice(1), { stdio: 'ignore' })
    try {
      const uncapped = { cpus: null, memoryBytes: null, pids: null }
      const busy = (cpus: number) =>
        box.run([...BURN], {
          ...{ floor: { cpus, memoryBytes: 0 }, ceiling: uncapped, timeoutMs: 3000, graceMs: 0 },
        })
      const [large, small] = await Promise.all([busy(1.5), busy(0.5)])
      const [most = 0, least = 1] = [large.cpuSeconds ?? 0, small.cpuSeconds ?? 1]
      assert.ok(Math.abs(most / least / 3 - 1) < 0.1, `${most} s and ${least} s`)
    } finally {
      outside.kill('SIGKILL')
    }
  })
})

describe('the walls of a local sandbox', { skip }, () => {
  it('stand, whatever is tried', async () => {
    process.env.FORETOKEN_TEST_SECRET = 'hunter2'
    const other = join(box.folder, 'other')
    mkdirSync(other)
    chmodSync(other, 0o777)
    writeFileSync(join(other, 'notes'), 'of another run')
    const program = join(box.folder, 'attempts.py')
    writeFileSync(program, readFileSync(ATTEMPTS))
    const [tcp, path, abstract] = [createSocketServer(), createSocketServer(), createSocketServer()]
    const socket = join(other, 'socket')
    const name = `foretoken-test-${process.pid}`
    await Promise.all([
      once(tcp.listen({ host: '::', port: 0 }), 'listening'),
      once(path.listen(socket), 'listening'),
      once(abstract.listen(`\0${name}`), 'listening'),
    ])
    chmodSync(socket, 0o777)
    const bound = tcp.address()
    const outside = {
      files: [
        join(other, 'notes'),
        '/etc/shadow',
        '/etc/hostname',
        '/proc/kcore',
        '/proc/1/environ',
        program,
      ],
      folders: [other, '/root', '/home', '/var', '/sys', '/run', '/proc/1/root'],
      pid: process.pid,
      port: typeof bound === 'object' ? bound?.port : 0,
      address: hostAddress(),
      abstract: name,
      sockets: [socket],
    }
    try {
      const readOnly = [{ source: program, target: '/attempts.py' }]
      const ran = await box.run([PYTHON, '/attempts.py', JSON.stringify(outside)], { readOnly })
      assert.equal(ran.exit, 0, ran.stderr)
      const { tried, environment, environments, pids } = JSON.parse(ran.stdout) as Attempts
      assert.ok(Object.keys(tried).length > 50)
      assert.deepEqual(
        Object.entries(tried).filter(([, what]) => !what.startsWith('refused: ')),
        [],
      )
      assert.deepEqual(Object.keys(environment).sort(), ['HOME', 'LANG', 'PATH', 'PWD', 'TMPDIR'])
      assert.ok(!environments.includes('hunter2') && !environments.includes(process.cwd()))
      assert.equal(pids, 2)
    } finally {
      for (const server of [tcp, path, abstract]) server.close()
    }
  })

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
    const runner = spawn(process.execPath, [RUNNER, box.parent, box.stateFolder, JSON.stringify(spec)], {
      stdio,
    })
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

describe('the way to the gateway', { skip }, () => {
  it('is the one address that answers, and answers as the run', async () => {
    const socket = join(box.folder, 'gateway.sock')
    const server = createServer((request, response) => response.end(`hello ${request.url}`))
    await once(server.listen(socket), 'listening')
    chmodSync(socket, 0o600)
    const ask = `import os, urllib.request, socket
print(os.environ["FORETOKEN_GATEWAY"])
print(urllib.request.urlopen(os.environ["FORETOKEN_GATEWAY"] + "/v1").read().decode())
for port in [1, 80, ${GATEWAY_PORT + 1}]:
    print(socket.socket().connect_ex(("127.0.0.1", port)))
print(socket.socket().connect_ex(("${hostAddress()}", ${GATEWAY_PORT})))`
    try {
      const ran = await box.run(python(ask), { gateway: { socket } })
      assert.equal(ran.stderr, '')
      assert.equal(ran.stdout, `http://127.0.0.1:${GATEWAY_PORT}\nhello /v1\n111\n111\n111\n101\n`)
      const larger = await box.run(
        python(
          `import urllib.request; print(len(urllib.request.urlopen("http://127.0.0.1:4000/${'x'.repeat(5000)}").read()))`,
        ),
        { gateway: { socket } },
      )
      assert.equal(larger.stdout, '5007\n')
    } finally {
      server.close()
    }
  })

  it('leads to the run it is of, and its calls are counted there', async () => {
    const upstream = await scriptedUpstream({ script: mendScript })
    const watched = await watchedGateway(upstream.url)
    const [path, body] = QUESTIONS['openai-chat'](false)
    const [mine, other] = [watched.gateway.openRun(), watched.gateway.openRun()]
    const socket = join(box.folder, 'of-the-run.sock')
    try {
      await mine.openSocket(socket)
      const ask = `import os, json, urllib.request as web
request = web.Request(os.environ["FORETOKEN_GATEWAY"] + ${JSON.stringify(path)}, data=${JSON.stringify(JSON.stringify(body))}.encode(), headers={"content-type": "application/json", "authorization": "Bearer anything"})
print(sorted(json.load(web.urlopen(request))))`
      const ran = await box.run(python(ask), { gateway: { socket } })
      assert.equal(ran.exit, 0, ran.stderr)
      assert.match(ran.stdout, /'choices'/)
      assert.deepEqual([mine.exchanges().length, other.exchanges().length], [1, 0])
    } finally {
      await watched.gateway.close()
      await upstream.close()
    }
  })

  it('is an infra reason where it is lost', async () => {
    const socket = join(box.folder, 'lost.sock')
    const server = createSocketServer()
    await once(server.listen(socket), 'listening')
    try {
      const running = box.run(['sleep', '2'], { gateway: { socket } })
      await until(() => forwardersOf(socket).length > 0)
      for (const pid of forwardersOf(socket)) process.kill(pid, 'SIGKILL')
      assert.match((await running).infraReason ?? '', /way to the gateway/)
    } finally {
      server.close()
    }
  })

  it('is waited for no longer than the run has time', async () => {
    const ran = await box.run(['true'], { gateway: { socket: '/nosuch' }, timeoutMs: 1 })
    assert.deepEqual([ran.started, ran.timedOut], [false, false])
    assert.equal(outcome(ran), 'infra-error')
  })

  it('is an infra reason where it cannot be made, and the command does not begin', async () => {
    const ran = await box.run(['true'], { gateway: { socket: join(box.folder, 'nosuch.sock') } })
    assert.equal(ran.started, false)
    assert.match(ran.infraReason ?? '', /nosuch\.sock/)
    assert.equal(outcome(ran), 'infra-error')
    assert.deepEqual(box.traces(), [])
  })
})

describe('what a local sandbox leaves', { skip }, () => {
  it('is nothing, after 50 runs', { timeout: 120_000 }, async () => {
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    for (let round = 0; round < 10; round++)
      await Promise.all(Array.from({ length: 5 }, () => box.run(shell('(sleep 100 &); exit 0'))))
    assert.deepEqual(box.traces(), [])
    assert.equal(readFileSync('/proc/self/mountinfo', 'utf8'), mounts)
  })

  it('is swept once its runner was killed, and not before', { timeout: 60_000 }, async () => {
    const gateway = { socket: join(box.folder, 'killed.sock') }
    const server = createSocketServer()
    await once(server.listen(gateway.socket), 'listening')
    const spec = box.specOf(shell('trap "" TERM; touch begun; (setsid sleep 999 &); sleep 999'), { gateway })
    const runner = spawn(process.execPath, [RUNNER, box.parent, box.stateFolder, JSON.stringify(spec)])
    try {
      await until(() => existsSync(join(spec.workspace, 'begun')))
      assert.notEqual(statSync(spec.workspace).uid, process.getuid?.())
      assert.deepEqual(await box.backend.sweep(), [])
      assert.notDeepEqual(box.traces(), [])
      runner.kill('SIGKILL')
      await once(runner, 'exit')
      assert.deepEqual(await box.backend.sweep(), [spec.id])
      assert.deepEqual(box.traces(), [])
      assert.equal(statSync(join(spec.workspace, 'begun')).uid, process.getuid?.())
      assert.deepEqual(await box.backend.sweep(), [])
      await until(() => forwardersOf(gateway.socket).length === 0)
      assert.deepEqual(box.parents(), [])
    } finally {
      runner.kill('SIGKILL')
      server.close()
    }
  })

  it('is swept at whatever moment its runner was killed', { timeout: 120_000 }, async () => {
    for (let moment = 0; moment < 20; moment++) {
      const spec = box.specOf(shell('trap "" TERM; (setsid sleep 999 &); sleep 999'))
      const runner = spawn(process.execPath, [RUNNER, box.parent, box.stateFolder, JSON.stringify(spec)])
      const exited = once(runner, 'exit')
      await once(runner.stdout, 'data')
      await setTimeout(6 * moment)
      runner.kill('SIGKILL')
      await exited
      await box.backend.sweep()
      assert.deepEqual(box.traces(), [], `killed after ${6 * moment} ms`)
      assert.equal(statSync(spec.workspace).uid, 0)
    }
    assert.deepEqual(box.parents(), [])
  })
})

describe('a machine that lacks something', { skip }, () => {
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
const RUNNER = fileURLToPath(new URL('../fixtures/sandbox-runner.ts', import.meta.url))

/** Busy for three seconds on the first processor, whatever else is there. */
const BURN = ['taskset', '-c', '0', 'sh', '-c', 'while :; do :; done'] as const

/** Processes that hand connections on to a socket. */
const forwardersOf = (socket: string): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && commandLine(name).split('\0').includes(socket))
    .map(Number)

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/** Waits for what no event tells of. */
async function until(is: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; !is(); await setTimeout(20))
    assert.ok(Date.now() < deadline, String(is))
}

/** An address of this machine that others could reach; where it has none, one that nobody has. */
function hostAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '192.0.2.2'
}
