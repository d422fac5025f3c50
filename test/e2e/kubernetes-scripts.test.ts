import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import {
  FEED_SCRIPT,
  KEEP_SCRIPT,
  SHARED,
  SUPERVISE_SCRIPT,
  TOLD_SCRIPT,
  UNPACK_SCRIPT,
  VOLUME,
  WORKSPACE_SCRIPT,
} from '../../src/sandbox/kubernetes/scripts.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

/** Shells that images have as `sh`; what a script says, it has to say to all of them. */
const SHELLS = ['/usr/bin/dash', '/usr/bin/bash', '/usr/bin/busybox'].filter((path) => existsSync(path))

const skip =
  spawnSync('bwrap', ['--ro-bind', '/', '/', 'true']).status === 0
    ? false
    : 'bubblewrap cannot be started here'

for (const shell of SHELLS) {
  describe(`in ${shell}, the scripts of a pod`, { skip, timeout: 60_000 }, () => {
    it('run a command from its workspace in to its workspace out', async () => {
      const run = await pod(shell, { command: ['sh', '-c', 'cat in; echo no >&2; echo new >out; exit 3'] })
      assert.deepEqual([run.code, run.out, run.err], [3, 'here', 'no\n'])
      assert.deepEqual(run.files.sort(), ['./', './in', './out'])
      assert.deepEqual(run.told, ['begun', 'counters'])
    })

    it('end a command in time, with all that it has started', async () => {
      const deaf = 'trap "" TERM; while :; do sleep 0.1; done'
      const started = performance.now()
      const command = ['sh', '-c', `(setsid sh -c '${deaf}' &); ${deaf}`]
      const run = await pod(shell, { command, seconds: ['0.5', '1'] })
      assert.deepEqual([run.code, run.told], [137, ['begun', 'late', 'counters']])
      assert.ok(performance.now() - started < 8000)
    })

    it('let a command that is out of time put its things away', async () => {
      const command = ['sh', '-c', 'trap "echo bye; exit 5" TERM; while :; do sleep 0.1; done']
      const run = await pod(shell, { command, seconds: ['0.5', '10'] })
      assert.deepEqual([run.code, run.out], [5, 'bye\n'])
    })

    it('tell a command that could not be started from one that fails', async () => {
      const missing = await pod(shell, { command: ['nosuch'] })
      assert.equal(missing.code, 127)
      assert.ok(missing.word !== '' && missing.err.startsWith(`${missing.word}: `), missing.err)
      const failing = await pod(shell, { command: ['sh', '-c', 'nosuch'] })
      assert.equal(failing.code, 127)
      assert.ok(!failing.err.startsWith(failing.word), failing.err)
    })

    it('keep an output until it is full, and count the rest', async () => {
      const run = await pod(shell, { command: ['sh', '-c', 'head -c 100000 /dev/zero'], keeps: ['10', '10'] })
      assert.deepEqual([run.code, run.out.length], [0, 10])
      // What busybox's head(1) has read ahead is not counted.
      assert.ok(
        run.more <= 99_990 && run.more >= 99_990 - (shell.endsWith('busybox') ? 4096 : 0),
        `${run.more}`,
      )
    })

    it('hold the number of processes', {
      skip: process.getuid?.() !== 0 && 'only root has another user to try it with',
    }, async () => {
      const command = ['sh', '-c', 'for i in $(seq 30); do sleep 2 & done; exit 0']
      assert.match((await pod(shell, { command, pids: '20' })).err, /fork/i)
      assert.equal((await pod(shell, { command, pids: '' })).err, '')
    })
  })
}

interface Asked {
  readonly command: readonly string[]
  /** Until it is asked to end, until it is killed. */
  readonly seconds?: readonly [string, string]
  /** Bytes of its outputs. */
  readonly keeps?: readonly [string, string]
  readonly pids?: string
}

/** The three containers of a pod, each in namespaces of its own, around one volume. */
async function pod(
  shell: string,
  { command, seconds = ['20', '21'], keeps = ['1000', '1000'], pids = '' }: Asked,
) {
  const folder = temporaryFolder()
  const [volume, tools] = [join(folder, 'volume'), join(folder, 'tools')]
  for (const each of [volume, tools, join(folder, 'source')]) mkdirSync(each, { mode: 0o777 })
  writeFileSync(join(folder, 'source', 'in'), 'here')
  spawnSync('chmod', ['-R', 'a+rwX', folder])
  const archive = spawnSync('tar', ['-c', '-C', join(folder, 'source'), '.']).stdout
  const beside = [...['--bind', volume, VOLUME]]
  const feeding = inside(shell, beside, [FEED_SCRIPT])
  await until(() => existsSync(join(volume, 'shared', 'err')))
  const unpacking = inside(shell, beside, [
    UNPACK_SCRIPT,
    'sh',
    String(archive.length),
    `${VOLUME}/workspace`,
  ])
  // As in an exec, whose input does not end.
  unpacking.stdin?.write(archive)
  assert.equal((await once(unpacking, 'exit'))[0], 0)
  writeFileSync(join(volume, 'fed'), '')
  assert.equal((await once(feeding, 'exit'))[0], 0)
  const mounts = ['--bind', join(volume, 'workspace'), '/workspace', '--bind', join(volume, 'shared'), SHARED]
  const running = inside(
    shell,
    [...mounts, '--chdir', '/workspace'],
    [SUPERVISE_SCRIPT, 'sh', ...seconds, pids, 'A B', ...command],
  )
  const keeping = inside(shell, beside, [KEEP_SCRIPT, 'sh', ...keeps])
  const [code] = (await once(running, 'exit')) as [number]
  const listed = async (script: string, ...args: string[]) => {
    const child = inside(shell, beside, [script, 'sh', ...args])
    const list = spawn('tar', ['-t'], { stdio: ['pipe', 'pipe', 'inherit'] })
    child.stdout?.pipe(list.stdin)
    return (await text(list.stdout)).trim().split('\n')
  }
  const told = await listed(TOLD_SCRIPT, '100')
  const files = await listed(WORKSPACE_SCRIPT)
  // bwrap(1) hands no signal on, and ends what it has started with itself.
  keeping.kill('SIGKILL')
  const read = (name: string) =>
    existsSync(join(volume, name)) ? readFileSync(join(volume, name), 'utf8') : ''
  return {
    ...{ code, files, out: read('kept/out'), err: read('kept/err'), word: read('shared/word').trim() },
    told: told
      .filter((name) => name.startsWith('shared/') && name !== 'shared/word')
      .map((name) => name.slice(7)),
    more: Number(read('kept/out.more')),
  }
}

function inside(shell: string, mounts: readonly string[], script: readonly string[]): ChildProcess {
  const uid =
    process.getuid?.() === 0 ? ['setpriv', '--reuid', '1987654', '--regid', '1987654', '--clear-groups'] : []
  const links = ['bin', 'lib', 'lib64'].flatMap((name) => ['--symlink', `usr/${name}`, `/${name}`])
  const args = [
    ...['--unshare-all', '--as-pid-1', '--die-with-parent', '--ro-bind', '/usr', '/usr', ...links],
    ...[
      '--proc',
      '/proc',
      '--dev',
      '/dev',
      '--tmpfs',
      '/tmp',
      '--ro-bind',
      '/sys/fs/cgroup',
      '/sys/fs/cgroup',
    ],
    ...mounts,
  ]
  const words = shell.endsWith('busybox') ? [shell, 'sh'] : [shell]
  const [program = 'bwrap', ...rest] = [...uid, 'bwrap', ...args, '--', ...words, '-c', ...script]
  return spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] })
}

async function until(is: () => boolean): Promise<void> {
  while (!is()) await setTimeout(20)
}
