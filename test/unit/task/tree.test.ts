import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openRepository } from '../../../src/task/repository.ts'
import { listTree } from '../../../src/task/tree.ts'
import { type Change, git, gitRepository, gitWorkTree } from '../../fixtures/git-repository.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

async function pathsOf(change: Change): Promise<readonly string[]> {
  const files = await listTree(await openRepository(gitRepository([change])))
  return files.map(({ path }) => path)
}

describe('the files of a commit', () => {
  it('are listed with the id of their content, folders and all', async () => {
    const path = gitRepository([{ files: { 'b/c/d.py': 'x', 'a.py': 'x' } }])
    const blob = git(path, 'rev-parse', 'HEAD:a.py')
    assert.deepEqual(await listTree(await openRepository(path)), [
      { path: 'a.py', blob },
      { path: 'b/c/d.py', blob },
    ])
  })

  it('are neither symbolic links, wherever they lead, nor submodules', async () => {
    const links = { 'passwd.py': '/etc/passwd', 'up.py': '../../x.py', 'loop.py': 'loop.py' }
    const change = { files: { 'a.py': '' }, symlinks: links, submodules: { lib: 'a'.repeat(40) } }
    assert.deepEqual(await pathsOf(change), ['a.py'])
  })

  it('may have any name: line feeds, quotes, tabs, spaces', async () => {
    const names = ['a\nb.py', 'q"uo\'te.py', 'tab\t.py', ' x .py', '-rf.py', 'back\\slash.py', ':(glob)*.py']
    const files = Object.fromEntries(names.map((name) => [name, '']))
    assert.deepEqual([...(await pathsOf({ files }))].sort(), [...names].sort())
  })

  it('may have names that are not UTF-8, of which the odd bytes are shown as unknown', async () => {
    const paths = await pathsOf({ files: { 'caf\xe9.py': '', 'caf\xc3\xa9.py': '' } })
    assert.deepEqual([...paths].sort(), ['café.py', 'caf\ufffd.py'].sort())
  })

  it('are those of the commit, whatever is in the work tree', async () => {
    const path = gitWorkTree([{ files: { 'a.py': '', 'b/c.py': '' } }])
    git(path, 'sparse-checkout', 'set', '--cone')
    git(path, 'rm', '--quiet', '--cached', 'a.py')
    const files = await listTree(await openRepository(path))
    assert.deepEqual(
      files.map(({ path: name }) => name),
      ['a.py', 'b/c.py'],
    )
  })

  it('cannot be listed where a clone never fetched its folders', async () => {
    const origin = gitRepository([{ files: { 'src/a.py': '' } }])
    git(origin, 'config', 'uploadpack.allowFilter', 'true')
    const path = join(temporaryFolder(), 'treeless')
    git('.', 'clone', '--quiet', '--bare', '--filter=tree:0', `file://${origin}`, path)
    await assert.rejects(
      listTree(await openRepository(path)),
      failsWith('git-failed', /git ls-tree -r in .*treeless/),
    )
  })

  it('can be none', async () => {
    assert.deepEqual(await pathsOf({ files: {} }), [])
  })
})
