import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { outlineLines } from '../../../src/task/outline.ts'
import { openOutlineCache } from '../../../src/task/outline-cache.ts'
import { openRepository } from '../../../src/task/repository.ts'
import { readSnapshot } from '../../../src/task/snapshot.ts'
import { FIRST_COMMIT_AT, git, gitRepository, gitWorkTree } from '../../fixtures/git-repository.ts'
import { outlineOf } from '../../fixtures/outlines.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

async function snapshotOf(path: string, commit?: string) {
  const cache = openOutlineCache(null)
  try {
    return await readSnapshot(await openRepository(path, commit), cache)
  } finally {
    cache.close()
  }
}

const files = { 'src/a.py': 'def a():\n    pass\n', 'tests/test_a.py': 'import a\n', 'README.md': '# A\n' }

describe('a snapshot', () => {
  it('has every file, and the outline of every source file', async () => {
    const path = gitRepository([{ files }])
    const snapshot = await snapshotOf(path)
    assert.equal(snapshot.commit, git(path, 'rev-parse', 'HEAD'))
    assert.equal(snapshot.committedAt, FIRST_COMMIT_AT)
    assert.deepEqual(
      snapshot.files.map((file) => file.path),
      ['README.md', 'src/a.py', 'tests/test_a.py'],
    )
    assert.deepEqual(
      snapshot.sources.map(({ path: name, language, test }) => ({ name, language, test })),
      [
        { name: 'src/a.py', language: 'Python', test: false },
        { name: 'tests/test_a.py', language: 'Python', test: true },
      ],
    )
    assert.deepEqual(snapshot.sources[0]?.outline, outlineOf('a.py', files['src/a.py']))
    assert.equal(snapshot.history?.length, 1)
    assert.equal(snapshot.unread, 0)
  })

  it('leaves out what others wrote', async () => {
    const { sources, files: all } = await snapshotOf(
      gitRepository([{ files: { 'node_modules/x/a.js': 'x', 'a.js': 'x' } }]),
    )
    assert.deepEqual([sources.length, all.length], [1, 2])
  })

  it('has one source for each path, even of the same content', async () => {
    const { sources } = await snapshotOf(
      gitRepository([{ files: { 'a.py': 'x\n', 'b.py': 'x\n', 'c.js': 'x\n' } }]),
    )
    assert.equal(sources.length, 3)
  })

  it('reads a huge single line, binary content, a file too large and an empty one', async () => {
    const { sources } = await snapshotOf(
      gitRepository([
        {
          files: {
            'binary.py': Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 256)),
            'empty.py': '',
            'huge.py': 'x = 1\n'.repeat(200_000),
            'line.py': 'x;'.repeat(400_000),
          },
        },
      ]),
    )
    const lines = sources.map(({ path, outline }) => [path, outlineLines(outline)])
    assert.deepEqual(lines, [
      ['binary.py', 21],
      ['empty.py', 0],
      ['huge.py', 0],
      ['line.py', 1],
    ])
  })

  it('counts sources that a partial clone lacks, reads the others, and fetches nothing', async () => {
    const origin = gitRepository([{ files: { ...files, 'b.py': 'b\n' } }])
    git(origin, 'config', 'uploadpack.allowFilter', 'true')
    const path = join(temporaryFolder(), 'partial')
    git('.', 'clone', '--quiet', '--bare', '--filter=blob:none', `file://${origin}`, path)
    git(path, 'cat-file', '-p', 'HEAD:b.py')
    const missing = () => git(path, 'rev-list', '--objects', '--missing=print', 'HEAD').match(/^\?/gm)?.length
    assert.equal(missing(), 3)
    const { files: all, sources, unread, history } = await snapshotOf(path)
    assert.deepEqual([all.length, sources.length, unread, history?.length], [4, 1, 2, 1])
    assert.equal(missing(), 3)
  })

  it('has no history in a shallow clone, and all the rest', async () => {
    const path = join(temporaryFolder(), 'shallow')
    const origin = gitRepository([{ files }, { files: { 'b.py': '' } }])
    git('.', 'clone', '--quiet', '--bare', '--depth=1', `file://${origin}`, path)
    const whole = await snapshotOf(origin)
    assert.deepEqual(await snapshotOf(path), { ...whole, history: null })
  })

  it('is the same from a work tree and a bare clone', async () => {
    const path = gitWorkTree([{ files }, { files: { 'b.rs': 'fn b() {\n    1\n}\n' } }])
    assert.deepEqual(await snapshotOf(path), await snapshotOf(join(path, '.git')))
    const bare = join(temporaryFolder(), 'bare')
    git('.', 'clone', '--quiet', '--bare', path, bare)
    assert.deepEqual(await snapshotOf(bare), await snapshotOf(path))
  })

  it('does not see what is not committed', async () => {
    const path = gitWorkTree([{ files }])
    const before = await snapshotOf(path)
    writeFileSync(join(path, 'src/a.py'), 'changed\n')
    writeFileSync(join(path, 'new.py'), 'new\n')
    git(path, 'add', 'new.py')
    rmSync(join(path, 'tests'), { recursive: true })
    assert.deepEqual(await snapshotOf(path), before)
  })

  it('of a commit without files is empty', async () => {
    const { sources, history } = await snapshotOf(gitRepository([{}]))
    assert.deepEqual([sources.length, history?.length], [0, 1])
  })

  it('can be read in a repository with SHA-256', async () => {
    const snapshot = await snapshotOf(gitRepository([{ files }, { files: { 'b.py': 'b\n' } }], 'sha256'))
    assert.equal(snapshot.sources.length, 3)
    assert.deepEqual(snapshot.history?.[0]?.paths, ['b.py'])
  })

  it('does not follow submodules', async () => {
    const inner = gitRepository([{ files: { 'inner.py': 'x' } }])
    const { sources, unread } = await snapshotOf(
      gitRepository([
        {
          files: { 'a.py': 'x', '.gitmodules': `[submodule "lib"]\npath = lib\nurl = ${inner}\n` },
          submodules: { lib: git(inner, 'rev-parse', 'HEAD') },
        },
      ]),
    )
    assert.deepEqual([sources.length, unread], [1, 0])
  })
})
