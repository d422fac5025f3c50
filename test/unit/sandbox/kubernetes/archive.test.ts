import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { pack, replaceContent, sourceOf, unpack } from '../../../../src/sandbox/kubernetes/archive.ts'
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts'

/** Folders `from` and `to` in one of their own. */
function folders(): { root: string; from: string; to: string; archive: string } {
  const root = temporaryFolder()
  const [from, to] = [join(root, 'from'), join(root, 'to')]
  for (const each of [from, to]) mkdirSync(each)
  return { root, from, to, archive: join(root, 'a.tar') }
}

const there = (folder: string) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()

describe('an archive', () => {
  it('holds a folder as it is, and gives no rights when it is unpacked', async () => {
    const { from, to, archive } = folders()
    mkdirSync(join(from, 'deep'))
    writeFileSync(join(from, 'deep', '-f'), 'dash')
    writeFileSync(join(from, 'tool'), 'tool')
    chmodSync(join(from, 'tool'), 0o6755)
    symlinkSync('/etc/passwd', join(from, 'link'))
    assert.equal(await pack(await sourceOf(from), archive), statSync(archive).size)
    await unpack(archive, to)
    assert.deepEqual(there(to), ['deep', 'deep/-f', 'link', 'tool'])
    assert.equal(readFileSync(join(to, 'deep/-f'), 'utf8'), 'dash')
    assert.equal(readlinkSync(join(to, 'link')), '/etc/passwd')
    const { mode, uid } = lstatSync(join(to, 'tool'))
    assert.deepEqual([mode & 0o7700, uid], [0o700, process.getuid?.()])
  })

  it('holds one file by its name, also by way of a link', async () => {
    const { root, from, to, archive } = folders()
    writeFileSync(join(from, '-name'), 'content')
    writeFileSync(join(from, 'other'), '')
    symlinkSync(join(from, '-name'), join(root, 'link'))
    const source = await sourceOf(join(root, 'link'))
    assert.deepEqual(source, { folder: from, file: '-name' })
    await pack(source, archive)
    await unpack(archive, to)
    assert.deepEqual(there(to), ['-name'])
  })

  it('of an empty folder is empty', async () => {
    const { from, to, archive } = folders()
    await pack(await sourceOf(from), archive)
    await unpack(archive, to)
    assert.deepEqual(there(to), [])
  })

  it('is refused where it came in part, wherever it was cut', async () => {
    const { from, to, archive } = folders()
    for (const name of ['a', 'b']) writeFileSync(join(from, name), name.repeat(2000))
    const size = await pack(await sourceOf(from), archive)
    const whole = readFileSync(archive)
    for (const kept of [0, 100, 512, 1024, 2048, 3072, 4096, size - 9216 - 512]) {
      writeFileSync(archive, whole)
      truncateSync(archive, kept)
      await assert.rejects(unpack(archive, to), { name: 'InfraError' }, `${kept}`)
    }
  })

  it('is refused where it holds devices', {
    skip: process.getuid?.() !== 0 && 'only root makes them',
  }, async () => {
    const { from, to, archive } = folders()
    execFileSync('mknod', [join(from, 'disk'), 'b', '7', '0'])
    await pack(await sourceOf(from), archive)
    await assert.rejects(unpack(archive, to), /devices/)
    assert.deepEqual(there(to), [])
  })

  it('leads no file out of the folder, by name or by link', async () => {
    const { root, from, to, archive } = folders()
    symlinkSync(root, join(from, 'way'))
    execFileSync('tar', ['-c', '-f', archive, '-C', from, 'way'])
    writeFileSync(join(root, 'evil'), 'evil')
    for (const name of ['way/evil', '../evil-too', '/tmp/evil-three']) {
      const rename = `--transform=s,evil,${name},`
      execFileSync('tar', ['-r', '-P', '-f', archive, '-C', root, rename, 'evil'])
    }
    writeFileSync(join(root, 'evil'), 'as it was')
    await unpack(archive, to).catch(() => {}) // tar(1) may say so, and what counts is where files are
    assert.equal(readFileSync(join(root, 'evil'), 'utf8'), 'as it was')
    assert.equal(existsSync(join(root, 'evil-too')), false)
    assert.equal(existsSync('/tmp/evil-three'), false)
  })
})

describe('the content of a folder', () => {
  it('is replaced as a whole', async () => {
    const { root, to } = folders()
    writeFileSync(join(to, 'old'), '')
    await replaceContent(to, async (fresh) => writeFileSync(join(fresh, 'new'), ''))
    assert.deepEqual([there(to), there(root)], [['new'], ['from', 'to', 'to/new']])
  })

  it('stays as it was where there is nothing to replace it', async () => {
    const { root, to } = folders()
    writeFileSync(join(to, 'old'), '')
    await assert.rejects(
      replaceContent(to, () => Promise.reject(new Error('half'))),
      /half/,
    )
    assert.deepEqual([there(to), there(root)], [['old'], ['from', 'to', 'to/old']])
  })
})
