import assert from 'node:assert/strict'
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { sandboxes, skipWithout } from '../fixtures/sandbox.ts'

const MEBIBYTE = 2 ** 20
const box = sandboxes('e2e')
const skip = await skipWithout(box)

const python = (script: string): [string, '-c', string] => ['/usr/bin/python3', '-c', script]
const shell = (script: string): ['sh', '-c', string] => ['sh', '-c', script]

describe('a local sandbox', { skip }, () => {
  it('runs a command to its end, and tells what it took', async () => {
    const ran = await box.run(
      python('x = b"1" * (20 << 20); sum(range(10**6)); print("done"); open("made", "w")'),
    )
    assert.deepEqual([ran.started, ran.exit, ran.signal, ran.infraReason], [true, 0, null, null])
    assert.equal(ran.stdout, 'done\n')
    assert.ok((ran.cpuSeconds ?? 0) > 0.01 && (ran.cpuSeconds ?? 9) < 5)
    assert.ok((ran.peakMemoryBytes ?? 0) > 20 * MEBIBYTE && (ran.peakMemoryBytes ?? 1e9) < 64 * MEBIBYTE)
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

  it('counts what is put into /tmp as memory, and has no more room there than was asked for', async () => {
    const ran = await box.run(shell('head -c 20000000 /dev/zero >/tmp/full'))
    assert.notEqual(ran.exit, 0)
    assert.match(ran.stderr, /No space left on device/)
    assert.ok((ran.peakMemoryBytes ?? 0) > 8 * MEBIBYTE)
  })

  it('ends what a command leaves running', async () => {
    const ran = await box.run(shell('(setsid sleep 1000 &); exit 0'))
    assert.deepEqual([ran.exit, ran.timedOut], [0, false])
    assert.deepEqual(box.traces(), [])
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
})
