import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, it } from 'node:test'
import { runGit } from '../../../src/task/git.ts'
import { gitEnvironment } from '../../../src/task/git-environment.ts'
import { openOutlineCache } from '../../../src/task/outline-cache.ts'
import { openRepository } from '../../../src/task/repository.ts'
import { readSnapshot } from '../../../src/task/snapshot.ts'
import { git, gitRepository, gitWorkTree } from '../../fixtures/git-repository.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const before = { ...process.env }
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
  Object.assign(process.env, before)
})

describe('git', () => {
  it('answers with what the command prints', async () => {
    const directory = gitRepository([{ files: { 'a.py': '' } }])
    const answer = await runGit({ directory, args: ['cat-file', '--batch-check'], input: 'HEAD\n' })
    assert.match(answer.toString(), /^[0-9a-f]{40} commit \d+\n$/)
  })

  it('fails with what it said', () =>
    assert.rejects(
      runGit({ directory: gitRepository([]), args: ['ls-tree', 'nonsense'] }),
      failsWith(
        'git-failed',
        /git ls-tree nonsense in .*repository\.git: .*Not a valid object name nonsense/,
      ),
    ))

  it('is missed when it is not installed', async () => {
    const directory = gitRepository([])
    process.env.PATH = temporaryFolder()
    await assert.rejects(openRepository(directory), failsWith('git-missing', /"git" is not on the PATH/))
  })

  it('stops when its caller does', async () => {
    const aborted = AbortSignal.abort()
    const call = { directory: gitRepository([]), args: ['cat-file', '--batch'], signal: aborted }
    await assert.rejects(runGit(call), { name: 'AbortError' })
  })
})

describe("the caller's environment", () => {
  it('loses every variable that speaks to git, whatever its case', () => {
    const given = {
      PATH: '/bin',
      GIT_DIR: '/x',
      git_work_tree: '/y',
      GIT_CONFIG_COUNT: '1',
      GITHUB_TOKEN: 't',
    }
    const kept = gitEnvironment(given)
    assert.equal(kept.PATH, '/bin')
    assert.equal(kept.GITHUB_TOKEN, 't')
    for (const name of ['GIT_DIR', 'git_work_tree', 'GIT_CONFIG_COUNT']) assert.ok(!(name in kept), name)
  })

  it('does not lead to another repository', async () => {
    const [asked, other] = [
      gitWorkTree([{ files: { 'a.py': 'a' } }]),
      gitWorkTree([{ files: { 'b.py': 'b' } }]),
    ]
    Object.assign(process.env, {
      GIT_DIR: join(other, '.git'),
      GIT_WORK_TREE: other,
      GIT_INDEX_FILE: join(other, '.git/index'),
      GIT_OBJECT_DIRECTORY: join(other, '.git/objects'),
      GIT_COMMON_DIR: join(other, '.git'),
      GIT_NAMESPACE: 'x',
      GIT_TRACE: '1',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.worktree',
      GIT_CONFIG_VALUE_0: other,
    })
    const cache = openOutlineCache(null)
    const snapshot = await readSnapshot(await openRepository(asked), cache)
    cache.close()
    assert.deepEqual(
      snapshot.files.map(({ path }) => path),
      ['a.py'],
    )
  })
})

describe('the configuration of a repository', () => {
  it('makes git run nothing', async () => {
    const path = gitWorkTree([
      { files: { 'a.py': 'a = 1\n', '.gitattributes': '*.py diff=evil filter=evil\n' } },
      { files: { 'a.py': 'a = 2\n' } },
    ])
    const marker = join(temporaryFolder(), 'ran')
    const program = join(path, 'evil')
    writeFileSync(program, `#!/bin/sh\necho "$0 $@" >> ${marker}\n`)
    chmodSync(program, 0o755)
    const hooks = join(path, 'hooks')
    mkdirSync(hooks)
    for (const hook of ['post-index-change', 'reference-transaction', 'fsmonitor-watchman'])
      writeFileSync(join(hooks, hook), `#!/bin/sh\necho hook >> ${marker}\n`, { mode: 0o755 })
    const programs =
      'core.fsmonitor core.pager core.editor core.sshCommand core.askPass core.gitProxy gpg.program'
    const more = 'diff.external diff.evil.command diff.evil.textconv filter.evil.smudge filter.evil.clean'
    for (const key of `${programs} ${more} interactive.diffFilter credential.helper`.split(' '))
      git(path, 'config', key, program)
    for (const command of 'rev-parse cat-file ls-tree rev-list diff-tree'.split(' ')) {
      git(path, 'config', `alias.${command}`, `!${program}`)
      git(path, 'config', `pager.${command}`, program)
    }
    git(path, 'config', 'core.hooksPath', hooks)
    git(path, 'config', 'log.showSignature', 'true')
    const cache = openOutlineCache(null)
    const { sources, history } = await readSnapshot(await openRepository(path), cache)
    cache.close()
    assert.deepEqual([sources.length, history?.length], [1, 2])
    assert.equal(existsSync(marker), false)
  })
})
