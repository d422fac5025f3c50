import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openRepository } from '../../../src/task/repository.ts'
import { FIRST_COMMIT_AT, git, gitRepository, gitWorkTree } from '../../fixtures/git-repository.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const changes = [{ files: { 'a.py': 'a = 1\n' } }, { files: { 'src/b.py': 'b = 2\n' } }]

describe('a repository', () => {
  it('is opened at its latest commit', async () => {
    const path = gitRepository(changes)
    assert.deepEqual(await openRepository(path), {
      gitDirectory: path,
      commit: git(path, 'rev-parse', 'main'),
      tree: git(path, 'rev-parse', 'main^{tree}'),
      committedAt: FIRST_COMMIT_AT + 3600,
      shallow: false,
    })
  })

  it('is opened at any commit that git can name', async () => {
    const path = gitRepository(changes)
    git(path, 'tag', '-a', '-m', 'x', 'v1-beta', 'main~1')
    git(path, 'branch', 'fix/#12-ünïcode', 'main~1')
    const first = git(path, 'rev-parse', 'main~1')
    for (const name of [first, first.slice(0, 8), 'HEAD~1', 'HEAD^', 'v1-beta', 'fix/#12-ünïcode'])
      assert.equal((await openRepository(path, name)).commit, first, name)
  })

  it('is found from a folder in its work tree, and in a linked work tree', async () => {
    const path = gitWorkTree(changes)
    const { commit } = await openRepository(path)
    assert.equal((await openRepository(join(path, 'src'))).commit, commit)
    const linked = join(temporaryFolder(), 'linked')
    git(path, 'worktree', 'add', '--quiet', '--detach', linked, 'HEAD~1')
    assert.equal((await openRepository(linked)).commit, git(path, 'rev-parse', 'HEAD~1'))
  })

  it('may lie in a folder whose name ends with white space', async () => {
    const path = join(temporaryFolder(), 'odd \n')
    git('.', 'clone', '--quiet', '--bare', gitRepository(changes), path)
    assert.equal((await openRepository(path)).gitDirectory, path)
  })

  it('may use SHA-256', async () => {
    const { commit } = await openRepository(gitRepository(changes, 'sha256'))
    assert.match(commit, /^[0-9a-f]{64}$/)
  })

  it('says that its history is cut off', async () => {
    const path = join(temporaryFolder(), 'shallow')
    git('.', 'clone', '--quiet', '--bare', '--depth=1', `file://${gitRepository(changes)}`, path)
    assert.equal((await openRepository(path)).shallow, true)
  })

  it('is read as it was committed, not with local replacements', async () => {
    const path = gitRepository(changes)
    git(path, 'replace', 'main', 'main~1')
    assert.equal(
      (await openRepository(path)).tree,
      git(path, '--no-replace-objects', 'rev-parse', 'main^{tree}'),
    )
  })
})

describe('what cannot be opened', () => {
  const refuses = (path: string, code: Parameters<typeof failsWith>[0], detail: RegExp, commit?: string) =>
    assert.rejects(openRepository(path, commit), failsWith(code, detail))

  it('is a path that does not exist', async () => {
    const folder = temporaryFolder()
    await refuses(join(folder, 'none'), 'repository-not-found', /none$/)
    await refuses('a\0b', 'repository-not-found', /a\\u0000b/)
  })

  it('is a link that leads to itself', async () => {
    const folder = temporaryFolder()
    symlinkSync('b', join(folder, 'a'))
    symlinkSync('a', join(folder, 'b'))
    await refuses(join(folder, 'a', 'c'), 'repository-not-found', /a.c$/)
  })

  it('is a file', async () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    await refuses(file, 'not-a-repository', /file is a file/)
  })

  it('is a folder outside any repository', async () => {
    const folder = temporaryFolder()
    await refuses(folder, 'not-a-repository', /foretoken-test-/)
  })

  it('is a folder that only looks like a repository', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, '.git'))
    await refuses(folder, 'not-a-repository', /foretoken-test-/)
  })

  it('is an empty repository', () => refuses(gitRepository([]), 'repository-empty', /repository\.git$/))

  it('is a commit that is not there', async () => {
    const path = gitRepository(changes)
    const refused = [
      'nonsense',
      'f'.repeat(40),
      'HEAD~9',
      'HEAD:a.py',
      'main^{tree}',
      'HEAD~1..HEAD',
      '^HEAD',
    ]
    for (const name of refused) await refuses(path, 'commit-not-found', /".+" in .*repository\.git$/, name)
  })

  it('is a commit whose name is an option, empty, endless or more than one line', async () => {
    const path = gitRepository(changes)
    for (const name of [
      '--all',
      '-h',
      '--output=x',
      '',
      ' ',
      'x'.repeat(257),
      'HEAD\nHEAD',
      'HEAD\0',
      '\u001b[31m',
    ])
      await refuses(path, 'commit-not-found', / in .*repository\.git$/, name)
  })
})
