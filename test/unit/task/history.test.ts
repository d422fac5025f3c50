import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { CommitCache } from '../../../src/task/commit-cache.ts'
import { readHistory } from '../../../src/task/history.ts'
import { openRepository } from '../../../src/task/repository.ts'
import { type Change, FIRST_COMMIT_AT, git, gitRepository } from '../../fixtures/git-repository.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

/** A cache that also tells how many commits it was given. */
function fakeCache(): CommitCache & { put: number } {
  const kept = new Map<string, readonly string[]>()
  return {
    put: 0,
    getAll: (ids) => new Map([...kept].filter(([id]) => ids.includes(id))),
    putAll(entries) {
      this.put += entries.size
      for (const [id, paths] of entries) kept.set(id, paths)
    },
  }
}

const historyOf = async (path: string, commit = 'HEAD', cache = fakeCache()) =>
  readHistory(await openRepository(path, commit), cache)
const subjects = async (changes: readonly Change[]) =>
  (await historyOf(gitRepository(changes)))?.map(({ subject }) => subject)

describe('the history', () => {
  const changes = [
    { message: 'Begin', files: { 'a.py': '1', 'b.py': '1' } },
    { message: 'Fix a\n\nLong story.', files: { 'a.py': '2' } },
    { message: 'Move b', files: { 'b.py': null, 'c.py': '1' } },
  ]

  it('is the commits, newest first, with the paths they touched; a move touches both', async () => {
    assert.deepEqual(await historyOf(gitRepository(changes)), [
      { at: FIRST_COMMIT_AT + 7200, subject: 'Move b', paths: ['b.py', 'c.py'] },
      { at: FIRST_COMMIT_AT + 3600, subject: 'Fix a', paths: ['a.py'] },
      { at: FIRST_COMMIT_AT, subject: 'Begin', paths: ['a.py', 'b.py'] },
    ])
  })

  it('compares a commit with its parent only once', async () => {
    const path = gitRepository(changes)
    const cache = fakeCache()
    const first = await historyOf(path, 'HEAD~1', cache)
    assert.equal(cache.put, 2)
    const second = await historyOf(path, 'HEAD', cache)
    assert.equal(cache.put, 3)
    assert.deepEqual(second?.slice(1), first)
    assert.deepEqual(await historyOf(path), second)
  })

  it('leaves out merges and commits that touch more than 100 files', async () => {
    const files = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`f${i}.py`, '']))
    assert.deepEqual(
      await subjects([
        { message: 'Import', files },
        { message: 'Fix', files: { 'f0.py': 'x' } },
      ]),
      ['Fix'],
    )
    const path = gitRepository(changes)
    const tree = git(path, 'rev-parse', 'HEAD^{tree}')
    const merge = git(path, 'commit-tree', '-p', 'HEAD', '-p', 'HEAD~2', '-m', 'Merge', tree)
    assert.deepEqual(await historyOf(path, merge), await historyOf(path))
  })

  it('keeps commits that touch nothing', async () => {
    assert.deepEqual(await subjects([{ message: 'Nothing' }, { message: 'Still nothing' }]), [
      'Still nothing',
      'Nothing',
    ])
  })

  it('survives any subject: none, control characters, other encodings', async () => {
    const odd = [
      { message: '' },
      { message: '\u0001123 x\u0001\u0002' },
      { message: 'commit deadbeef' },
      { message: Buffer.from('caf\xe9', 'latin1'), encoding: 'ISO-8859-1' },
    ]
    assert.deepEqual(await subjects(odd), ['café', 'commit deadbeef', '\u0001123 x\u0001\u0002', ''])
  })

  it('survives any path: line feeds, and one that looks like a commit', async () => {
    const id = git(gitRepository(changes.slice(0, 1)), 'rev-parse', 'HEAD')
    const path = gitRepository([...changes.slice(0, 1), { files: { 'x\ny.py': '', [id]: '', M: '' } }])
    const history = await historyOf(path)
    assert.deepEqual([...(history?.[0]?.paths ?? [])].sort(), ['M', id, 'x\ny.py'].sort())
    assert.deepEqual(history?.[1]?.paths, ['a.py', 'b.py'])
  })

  it('counts submodules as paths, whatever the repository says of ignoring them', async () => {
    const modules = '[submodule "lib"]\npath = lib\nurl = x\nignore = all\n'
    const path = gitRepository([
      { files: { '.gitmodules': modules }, submodules: { lib: 'a'.repeat(40) } },
      { submodules: { lib: 'b'.repeat(40) } },
    ])
    git(path, 'config', 'submodule.lib.ignore', 'all')
    git(path, 'config', 'diff.ignoreSubmodules', 'all')
    git(path, 'config', 'diff.orderFile', '/nonexistent')
    assert.deepEqual((await historyOf(path))?.[0]?.paths, ['lib'])
  })

  it('is unknown in a shallow clone', async () => {
    const path = join(temporaryFolder(), 'shallow')
    git('.', 'clone', '--quiet', '--bare', '--depth=2', `file://${gitRepository(changes)}`, path)
    assert.equal(await historyOf(path), null)
  })

  it('is unknown where trees are missing', async () => {
    const origin = gitRepository(changes)
    git(origin, 'config', 'uploadpack.allowFilter', 'true')
    const path = join(temporaryFolder(), 'treeless')
    git('.', 'clone', '--quiet', '--bare', '--filter=tree:0', `file://${origin}`, path)
    assert.equal(await historyOf(path), null)
  })
})
