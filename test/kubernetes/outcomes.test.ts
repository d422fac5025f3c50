import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { BatchV1Api, CoreV1Api, KubeConfig, NetworkingV1Api } from '@kubernetes/client-node'
import { outcomeOf } from '../../src/sandbox/outcome.ts'
import type { SandboxFacts } from '../../src/sandbox/sandbox.ts'
import { kubeconfig, pods, SHELL_IMAGE } from '../fixtures/kubernetes.ts'

const MEBIBYTE = 2 ** 20
const box = pods()

const outcome = (facts: SandboxFacts) =>
  outcomeOf({ facts, check: 'passed', budgetExhausted: false, gatewayFailed: false })
const shell = (script: string): ['sh', '-c', string] => ['sh', '-c', script]
const HUNGRY = `awk 'BEGIN { s = "x"; while (1) s = s s }'`

const config = new KubeConfig()
config.loadFromFile(kubeconfig('admin'))
const core = config.makeApiClient(CoreV1Api)
const batch = config.makeApiClient(BatchV1Api)
const network = config.makeApiClient(NetworkingV1Api)

/** All that runs have made and that is still there. */
async function left(): Promise<readonly string[]> {
  const namespace = 'default'
  const lists = await Promise.all([
    core.listNamespacedPod({ namespace }),
    batch.listNamespacedJob({ namespace }),
    network.listNamespacedNetworkPolicy({ namespace }),
  ])
  return lists.flatMap(({ items }) => items.map(({ metadata }) => metadata?.name ?? ''))
}

describe('a sandbox in a cluster', { timeout: 600_000 }, () => {
  it('finds its workspace and what it may only read, and gives back what it made', async () => {
    const spec = box.specOf(
      shell(`set -e
cat in deep/er; readlink link; cat /ro/file /ro/folder/inside; test -x tool
! echo no 2>/dev/null >/ro/file; ! echo no 2>/dev/null >/ro/folder/new; ! echo no 2>/dev/null >/new
rm -r deep; echo changed >in; mkdir -p made/below; echo new >made/below/file; ln -s /etc/passwd made/link
chmod 000 in; echo gone >&2`),
    )
    mkdirSync(join(spec.workspace, 'deep'))
    writeFileSync(join(spec.workspace, 'in'), 'in\n')
    writeFileSync(join(spec.workspace, 'deep', 'er'), 'deeper\n', { mode: 0o600 })
    writeFileSync(join(spec.workspace, 'tool'), 'x'.repeat(3 * MEBIBYTE), { mode: 0o755 })
    symlinkSync('nowhere', join(spec.workspace, 'link'))
    const inputs = join(box.folder, 'inputs')
    mkdirSync(inputs)
    writeFileSync(join(inputs, 'inside'), 'inside\n')
    const readOnly = [
      { source: join(inputs, 'inside'), target: '/ro/file' },
      { source: inputs, target: '/ro/folder' },
    ]
    const facts = await box.backend.run({ ...spec, readOnly }, new AbortController().signal)
    const stdout = readFileSync(spec.stdout.path, 'utf8')
    assert.deepEqual(
      [facts.exit, facts.infraReason, stdout],
      [0, null, 'in\ndeeper\nnowhere\ninside\ninside\n'],
    )
    assert.equal(readFileSync(spec.stderr.path, 'utf8'), 'gone\n')
    assert.deepEqual(readdirSync(spec.workspace).sort(), ['in', 'link', 'made', 'tool'])
    assert.equal(readFileSync(join(spec.workspace, 'in'), 'utf8'), 'changed\n')
    assert.equal(readFileSync(join(spec.workspace, 'made/below/file'), 'utf8'), 'new\n')
    assert.equal(statSync(join(spec.workspace, 'tool')).size, 3 * MEBIBYTE)
    assert.equal(statSync(join(spec.workspace, 'made')).uid, process.getuid?.())
    assert.equal(outcome(facts), 'resolved')
  })

  it('sees a folder of its workspace elsewhere too', async () => {
    const spec = box.specOf(shell('echo new >/elsewhere/made; cat mirrored/made'))
    mkdirSync(join(spec.workspace, 'mirrored'))
    const mirrors = [{ folder: 'mirrored', target: '/elsewhere' }]
    const facts = await box.backend.run({ ...spec, mirrors }, new AbortController().signal)
    assert.deepEqual([facts.exit, readFileSync(spec.stdout.path, 'utf8')], [0, 'new\n'])
    assert.equal(readFileSync(join(spec.workspace, 'mirrored', 'made'), 'utf8'), 'new\n')
  })

  it('has a user of its own, no rights, no way to the server, and only the environment it was given', async () => {
    const ran = await box.run(
      shell('id -u; grep -e NoNewPrivs -e CapEff /proc/self/status; ls /var/run/secrets; env | sort'),
      {
        env: { DOLLARS: '$(HOME) $$ $HOME' },
      },
    )
    const [uid, ...lines] = ran.stdout.trim().split('\n')
    assert.ok(Number(uid) >= 2 ** 20)
    assert.deepEqual(lines.slice(0, 2), ['CapEff:\t0000000000000000', 'NoNewPrivs:\t1'])
    const names = lines.slice(2).filter((line) => !/^(HOSTNAME|PATH|PWD|SHLVL)=/.test(line))
    assert.deepEqual(names, ['DOLLARS=$(HOME) $$ $HOME', 'HOME=/tmp/home', 'LANG=C.UTF-8', 'TMPDIR=/tmp'])
    assert.match(ran.stderr, /secrets: No such file or directory/)
  })

  it('gives the code of the command', async () => {
    const ran = await box.run(shell('echo no >&2; exit 3'))
    assert.deepEqual([ran.started, ran.exit, ran.oomKills, ran.infraReason], [true, 3, 0, null])
    assert.deepEqual([ran.stdout, ran.stderr, ran.stderrBytes], ['', 'no\n', 3])
    assert.equal(outcome(ran), 'failed')
  })

  it('tells a command that kills itself from one that ran out of memory', async () => {
    const [killed, hungry] = await Promise.all([
      box.run(shell('kill -9 $$')),
      box.run(shell(`exec ${HUNGRY}`)),
    ])
    assert.deepEqual([killed.exit, killed.oomKills, killed.infraReason], [137, 0, null])
    assert.deepEqual([hungry.exit, hungry.oomKills], [137, 1])
    assert.deepEqual([outcome(killed), outcome(hungry)], ['failed', 'infra-error'])
    assert.ok(Math.abs((hungry.peakMemoryBytes ?? 0) / (64 * MEBIBYTE) - 1) < 0.05)
  })

  it('sees memory run out for a child that the command survives', async () => {
    const ran = await box.run(shell(`${HUNGRY}; exit 3`))
    assert.deepEqual([ran.exit, ran.oomKills, outcome(ran)], [3, 1, 'infra-error'])
  })

  it('ends in time what ignores the request to, with all that it has started', async () => {
    const deaf = 'trap "" TERM; while :; do sleep 0.1; done'
    const ran = await box.run(shell(`echo here >made; (setsid sh -c '${deaf}' &); ${deaf}`), {
      ...{ timeoutMs: 2000, graceMs: 500 },
    })
    assert.deepEqual([ran.timedOut, ran.exit, ran.infraReason], [true, 137, null])
    assert.equal(outcome(ran), 'timed-out')
    assert.equal(readFileSync(join(ran.workspace, 'made'), 'utf8'), 'here\n')
  })

  it('lets a command that is out of time put its things away', async () => {
    const ran = await box.run(shell('trap "echo bye; exit 5" TERM; while :; do sleep 0.1; done'), {
      ...{ timeoutMs: 1500, graceMs: 9000 },
    })
    assert.deepEqual([ran.timedOut, ran.exit, ran.stdout], [true, 5, 'bye\n'])
  })

  it('ends in time a command that has killed the clock, and believes no false one', async () => {
    // All that the command may kill goes, but not the first process, nor what is killed with it.
    const killer =
      'trap "" TERM; cd /proc; for pid in [0-9]*; do [ $pid = $$ ] || kill -9 $pid; done 2>/dev/null; while :; do :; done'
    const liar = 'touch /foretoken/late; exit 4'
    const [overdue, lied] = await Promise.all([
      box.run(shell(killer), { timeoutMs: 2000, graceMs: 500 }),
      box.run(shell(liar), { timeoutMs: 19_000 }),
    ])
    assert.deepEqual(
      [overdue.started, overdue.timedOut, overdue.exit, overdue.signal],
      [true, true, null, 'SIGKILL'],
    )
    assert.equal(outcome(overdue), 'timed-out')
    assert.deepEqual([lied.timedOut, lied.exit], [false, 4])
  })

  it('ends what a command leaves running', async () => {
    const ran = await box.run(shell('(setsid sleep 1000 &); exit 0'))
    assert.deepEqual([ran.exit, ran.timedOut], [0, false])
  })

  it('holds a fork bomb', async () => {
    const ran = await box.run(shell('bomb() { bomb | bomb & }; bomb; sleep 100'), { timeoutMs: 2500 })
    assert.equal(ran.timedOut, true)
    assert.match(ran.stderr, /can't fork|Resource temporarily unavailable/i)
  })

  it('tells a command that cannot be started from one that fails', async () => {
    const broken = join(box.folder, 'broken')
    writeFileSync(broken, '#!/nosuch/interpreter\n', { mode: 0o755 })
    const readOnly = [{ source: broken, target: '/broken' }]
    const [missing, unreadable, inner] = await Promise.all([
      box.run(['nosuch']),
      box.run(['/broken'], { readOnly }),
      box.run(shell('nosuch')),
    ])
    for (const ran of [missing, unreadable]) {
      assert.deepEqual([ran.started, ran.exit], [false, null])
      assert.match(ran.infraReason ?? '', /exec: .*not found/)
      assert.equal(outcome(ran), 'infra-error')
    }
    assert.deepEqual([inner.started, inner.exit, outcome(inner)], [true, 127, 'failed'])
  })

  it('keeps an output until it is full, and lets the command write on', async () => {
    const ran = await box.run(shell('head -c 3000000 /dev/zero; echo over >&2'))
    assert.deepEqual([ran.exit, ran.stdout.length, ran.stderr], [0, MEBIBYTE, 'over\n'])
    // What busybox's head(1) has read ahead is not counted.
    assert.ok(Math.abs((ran.stdoutBytes ?? 0) - 3_000_000) <= 4096, `${ran.stdoutBytes}`)
  })

  it('says why a pod could not be made', async () => {
    const never = pods({ pullPolicy: 'Never' })
    const [absent, unpulled, large, contradictory, none] = await Promise.all([
      never.run(['true'], { image: 'foretoken.test/nosuch:1' }),
      box.run(['true'], { image: 'foretoken.test/nosuch:1' }),
      box.run(['true'], {
        floor: { cpus: 64, memoryBytes: 1 },
        ceiling: { cpus: 64, memoryBytes: null, pids: null },
      }),
      box.run(['true'], { floor: { cpus: 1, memoryBytes: 65 * MEBIBYTE } }),
      box.run(['true'], { image: null }),
    ])
    assert.match(absent.infraReason ?? '', /^ErrImageNeverPull: /)
    assert.match(unpulled.infraReason ?? '', /^ImagePullBackOff: /)
    assert.match(large.infraReason ?? '', /^Unschedulable: no node is large enough: .*Insufficient cpu/)
    assert.match(contradictory.infraReason ?? '', /422 Invalid: .*must be less than or equal to memory limit/)
    assert.match(none.infraReason ?? '', /no image was given/)
    for (const ran of [absent, unpulled, large, contradictory, none])
      assert.deepEqual([ran.started, ran.exit, outcome(ran)], [false, null, 'infra-error'])
  })

  it('says so where an image has no shell, though the one beside it has', async () => {
    const ran = await pods({ keeperImage: SHELL_IMAGE }).run(['true'], { image: 'foretoken.test/empty:1' })
    assert.match(ran.infraReason ?? '', /exec: "sh": executable file not found/)
    assert.deepEqual([ran.started, outcome(ran)], [false, 'infra-error'])
  })

  it('is put out where it takes more room than it has', async () => {
    const small = pods({ workspaceBytes: 4 * MEBIBYTE })
    const ran = await small.run(shell('head -c 20000000 /dev/zero >full; sleep 60'), { timeoutMs: 60_000 })
    assert.match(ran.infraReason ?? '', /^Evicted: .*exceeds the limit/)
    assert.deepEqual([ran.started, outcome(ran)], [true, 'infra-error'])
  })

  it('ends at its deadline where nobody came to fetch it in time', async () => {
    const hasty = pods({ allowanceMs: 0 })
    const ran = await hasty.run(shell('trap "" TERM; sleep 100'), { timeoutMs: 5000, graceMs: 0 })
    assert.match(ran.infraReason ?? '', /^DeadlineExceeded: /)
    assert.equal(outcome(ran), 'infra-error')
  })

  it('ends at once when it is told to, and says so', async () => {
    const stop = new AbortController()
    const running = box.run(['sleep', '100'], {}, stop.signal)
    await until(async () => (await left()).length > 1)
    stop.abort()
    assert.equal((await running).infraReason, 'the run was stopped')
    const before = await box.run(['sleep', '100'], {}, AbortSignal.abort())
    assert.equal(before.infraReason, 'the run was stopped')
  })

  it('says so where others take its pod away, and is not begun again', async () => {
    const running = box.run(['sleep', '100'])
    let name = ''
    await until(async () => {
      const { items } = await core.listNamespacedPod({ namespace: 'default' })
      name =
        items.find(({ status }) => status?.containerStatuses?.every(({ ready }) => ready))?.metadata?.name ??
        ''
      return name !== ''
    })
    await core.deleteNamespacedPod({ namespace: 'default', name })
    const ran = await running
    assert.match(ran.infraReason ?? '', /^Deleted: /)
    assert.deepEqual([ran.started, outcome(ran)], [true, 'infra-error'])
  })

  it('leaves nothing in the cluster', async () => {
    assert.deepEqual(await left(), [])
  })
})

async function until(is: () => Promise<boolean>): Promise<void> {
  while (!(await is())) await new Promise((resolve) => setTimeout(resolve, 100))
}
