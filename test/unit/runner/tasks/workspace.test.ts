import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { KnownError } from '../../../../src/errors.ts'
import { isResolved, makeCheckWorkspace } from '../../../../src/runner/tasks/check-workspace.ts'
import { RESOURCES, type Task, type TaskSource, TIME_LIMITS } from '../../../../src/runner/tasks/task.ts'
import { makeTaskRepository } from '../../../../src/runner/tasks/task-repository.ts'
import { applyPatch, makeWorkspace, readPatch } from '../../../../src/runner/tasks/workspace.ts'
import { git, gitRepository } from '../../../fixtures/git-repository.ts'
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts'

const NONE = Buffer.alloc(0)

const taskWith = (source: TaskSource, check: Partial<Task['check']> = {}): Task => ({
  ...{
    name: 'a',
    benchmark: null,
    issue: 'x',
    source,
    image: null,
    imageFolder: null,
    expectsNetwork: false,
    setup: null,
  },
  check: {
    command: 'true',
    env: {},
    files: null,
    writes: null,
    patch: null,
    passing: { kind: 'exit' },
    ...check,
  },
  ...{ resources: RESOURCES, timeLimits: TIME_LIMITS },
})

/** Plain files with one that can be run. */
function plainFiles(): string {
  const folder = join(temporaryFolder(), 'files')
  mkdirSync(join(folder, 'tests'), { recursive: true })
  writeFileSync(join(folder, 'app.txt'), 'one\ntwo\n')
  writeFileSync(join(folder, 'run.sh'), 'echo\n')
  chmodSync(join(folder, 'run.sh'), 0o755)
  writeFileSync(join(folder, 'tests/test.txt'), 'a test\n')
  return folder
}

async function opened(source: TaskSource) {
  const root = temporaryFolder()
  const repository = await makeTaskRepository(taskWith(source), join(root, 'task.git'))
  const folder = join(root, 'work')
  await makeWorkspace(repository, folder)
  return { root, repository, folder }
}

const HISTORY = [
  { message: 'First', files: { 'app.txt': 'one\n' } },
  { message: 'Second', files: { 'app.txt': 'two\n' } },
  { message: 'The fix', files: { 'app.txt': 'three, the secret\n' } },
]

describe('the workspace of a task', () => {
  it('holds plain files as a commit that is the same everywhere', async () => {
    const source = { kind: 'files', folder: plainFiles() } as const
    const { repository, folder } = await opened(source)
    assert.equal(git(folder, 'ls-files', '--stage').split('\n').length, 3)
    assert.match(git(folder, 'ls-files', '--stage', 'run.sh'), /^100755 /)
    assert.equal(git(folder, 'log', '--format=%an %ad', '--date=iso'), 'Foretoken 2026-01-01 00:00:00 +0000')
    assert.equal((await opened(source)).repository.commit, repository.commit)
  })

  it('knows what came before its commit, and nothing that came later', async () => {
    const path = gitRepository(HISTORY)
    const second = git(path, 'rev-parse', 'main~1')
    const bundle = join(temporaryFolder(), 'a.bundle')
    git(path, 'bundle', 'create', '--quiet', bundle, '--all')
    git(path, 'tag', 'v1', second)
    const sources: readonly TaskSource[] = [
      { kind: 'git', from: path, commit: second, patch: null },
      { kind: 'git', from: `file://${path}`, commit: second, patch: null },
      { kind: 'git', from: path, commit: 'v1', patch: null },
      { kind: 'git', from: path, commit: second.slice(0, 9), patch: null },
      { kind: 'git', from: `file://${path}`, commit: 'v1', patch: null },
      { kind: 'bundle', file: bundle, commit: second, patch: null },
    ]
    for (const source of sources) {
      const { folder, repository } = await opened(source)
      assert.equal(repository.commit, second)
      assert.equal(git(folder, 'log', '--all', '--format=%s'), 'Second\nFirst')
      assert.equal(git(folder, 'status', '--porcelain'), '')
      const objects = git(folder, 'cat-file', '--batch-all-objects', '--batch-check=%(objecttype)').split(
        '\n',
      )
      assert.equal(objects.filter((type) => type === 'commit').length, 2)
      assert.equal(git(folder, 'for-each-ref', '--format=%(refname)'), 'refs/heads/main')
    }
  })

  it('is made of a repository without its early history, and of a work tree', async () => {
    const path = gitRepository(HISTORY)
    const shallow = join(temporaryFolder(), 'shallow')
    git('.', 'clone', '--quiet', '--depth=1', `file://${path}`, shallow)
    const linked = join(temporaryFolder(), 'linked')
    git(shallow, 'worktree', 'add', '--quiet', '--detach', linked)
    for (const from of [shallow, linked]) {
      const { folder } = await opened({ kind: 'git', from, commit: 'HEAD', patch: null })
      assert.equal(git(folder, 'log', '--format=%s'), 'The fix')
      assert.equal(git(folder, 'status', '--porcelain'), '')
    }
  })

  it('may begin with changes on top of the commit', async () => {
    const path = gitRepository(HISTORY)
    const patch = join(temporaryFolder(), 'a.patch')
    writeFileSync(patch, git(path, 'diff', 'main~2', 'main~1').concat('\n'))
    const { folder } = await opened({
      kind: 'git',
      from: path,
      commit: git(path, 'rev-parse', 'main~2'),
      patch,
    })
    assert.equal(readFileSync(join(folder, 'app.txt'), 'utf8'), 'two\n')
    assert.equal(git(folder, 'log', '--format=%s'), 'Changes of the task\nFirst')
  })

  it('is not made of a commit that is not there, a patch that does not fit, or an image', async () => {
    const path = gitRepository(HISTORY)
    const patch = join(temporaryFolder(), 'a.patch')
    writeFileSync(patch, git(path, 'diff', 'main~2', 'main~1').concat('\n'))
    const bad: readonly (readonly [TaskSource, string])[] = [
      [{ kind: 'git', from: path, commit: 'nowhere', patch: null }, 'commit-not-found'],
      [{ kind: 'git', from: `file://${path}`, commit: 'nowhere', patch: null }, 'git-failed'],
      [{ kind: 'git', from: path, commit: '--upload-pack=x', patch: null }, 'commit-not-found'],
      [{ kind: 'git', from: path, commit: 'main', patch }, 'git-failed'],
      [{ kind: 'image', folder: '/app' }, 'task-malformed'],
    ]
    for (const [source, code] of bad) {
      const error = await opened(source).catch((failure: unknown) => failure)
      assert.ok(error instanceof KnownError, String(error))
      assert.equal(error.code, code)
    }
  })
})

describe('the patch of an agent', () => {
  it('holds what it changed, committed or not, and makes the same of a fresh workspace', async () => {
    const { root, repository, folder } = await opened({ kind: 'files', folder: plainFiles() })
    writeFileSync(join(folder, 'app.txt'), 'one\nTWO\n')
    git(folder, 'add', '.')
    git(folder, 'commit', '--quiet', '--message=Mine')
    writeFileSync(join(folder, 'new.bin'), Buffer.from([0, 1, 2, 255]))
    rmSync(join(folder, 'tests/test.txt'))
    chmodSync(join(folder, 'run.sh'), 0o644)
    const patch = await readPatch(repository, folder)
    const fresh = join(root, 'fresh')
    await makeWorkspace(repository, fresh)
    await applyPatch(fresh, patch)
    assert.deepEqual(await readPatch(repository, fresh), patch)
    assert.equal(readFileSync(join(fresh, 'app.txt'), 'utf8'), 'one\nTWO\n')
    assert.ok(!existsSync(join(fresh, 'tests/test.txt')))
  })

  it('is empty where nothing was changed', async () => {
    const { repository, folder } = await opened({ kind: 'files', folder: plainFiles() })
    assert.equal((await readPatch(repository, folder)).length, 0)
  })

  it('is read without running anything that the agent left behind', async () => {
    const { root, repository, folder } = await opened({ kind: 'files', folder: plainFiles() })
    const trap = join(root, 'trap.sh')
    const sprung = join(root, 'sprung')
    writeFileSync(trap, `#!/bin/sh\necho x >> ${sprung}\ncat\n`)
    chmodSync(trap, 0o755)
    for (const [key, value] of Object.entries({
      'core.fsmonitor': trap,
      'diff.external': trap,
      'filter.trap.clean': trap,
      'diff.trap.textconv': trap,
      'core.pager': trap,
    }))
      git(folder, 'config', key, value)
    mkdirSync(join(folder, '.git/hooks'), { recursive: true })
    writeFileSync(join(folder, '.gitattributes'), '* filter=trap diff=trap\n')
    writeFileSync(join(folder, 'app.txt'), 'changed\n')
    const patch = await readPatch(repository, folder)
    assert.match(String(patch), /\+changed/)
    assert.ok(!existsSync(sprung))
  })

  it('holds repositories that the agent made within as plain files, and runs nothing of theirs', async () => {
    const commit = '0123456789012345678901234567890123456789'
    const path = gitRepository([{ files: { 'app.txt': 'x\n' }, submodules: { sub: commit } }])
    const { root, repository, folder } = await opened({
      kind: 'git',
      from: path,
      commit: 'main',
      patch: null,
    })
    const [trap, sprung] = [join(root, 'trap.sh'), join(root, 'sprung')]
    writeFileSync(trap, `#!/bin/sh\necho x >> ${sprung}\ncat\n`)
    chmodSync(trap, 0o755)
    for (const name of ['sub', 'made', 'empty']) {
      const nested = join(folder, name)
      mkdirSync(nested, { recursive: true })
      git(nested, 'init', '--quiet')
      writeFileSync(join(nested, 'f.txt'), 'one\n')
      if (name !== 'empty') git(nested, 'add', '.')
      if (name !== 'empty') git(nested, 'commit', '--quiet', '--message=x')
      writeFileSync(join(nested, 'f.txt'), `of ${name}\n`)
      for (const key of ['core.fsmonitor', 'filter.trap.clean']) git(nested, 'config', key, trap)
      writeFileSync(join(nested, '.gitattributes'), '* filter=trap\n')
    }
    const patch = String(await readPatch(repository, folder))
    // What is put into a submodule is no part of the commit.
    for (const name of ['made', 'empty']) assert.match(patch, new RegExp(`^\\+of ${name}$`, 'm'))
    assert.ok(!existsSync(sprung))
  })

  it('leaves out what is neither a file nor a link', async () => {
    const { repository, folder } = await opened({ kind: 'files', folder: plainFiles() })
    for (const name of ['pipe', 'app.txt']) {
      rmSync(join(folder, name), { force: true })
      spawnSync('mkfifo', [join(folder, name)])
    }
    assert.match(String(await readPatch(repository, folder)), /^deleted file mode 100644\n(.*\n)*-two\n$/m)
  })

  it('is read where the agent took its git directory away', async () => {
    const { repository, folder } = await opened({ kind: 'files', folder: plainFiles() })
    rmSync(join(folder, '.git'), { recursive: true })
    writeFileSync(join(folder, 'app.txt'), 'changed\n')
    assert.match(String(await readPatch(repository, folder)), /\+changed/)
  })
})

describe('the workspace of a check', () => {
  const hiddenFiles = (): string => {
    const hidden = join(temporaryFolder(), 'hidden')
    mkdirSync(hidden)
    writeFileSync(join(hidden, 'check.txt'), 'hidden\n')
    return hidden
  }

  it('has the hidden files in place of what the agent put there, and never outside of it', async () => {
    const source = { kind: 'files', folder: plainFiles() } as const
    const { root, repository, folder } = await opened(source)
    const outside = join(root, 'outside')
    mkdirSync(outside)
    symlinkSync(outside, join(folder, 'deep'))
    const patch = await readPatch(repository, folder)
    const task = taskWith(source, { files: { from: hiddenFiles(), to: 'deep/check' } })
    const fresh = join(root, 'fresh')
    await makeCheckWorkspace({ task, repository, patch }, fresh)
    assert.equal(readFileSync(join(fresh, 'deep/check/check.txt'), 'utf8'), 'hidden\n')
    assert.ok(!existsSync(join(outside, 'check')))
  })

  it('has the tests of a patch as that leaves them, whatever the agent made of them', async () => {
    const path = gitRepository([
      { files: { 'tests/a.txt': 'one\n', 'tests/b.txt': 'one\n', 'app.txt': 'x\n' } },
    ])
    const { root, repository, folder } = await opened({
      kind: 'git',
      from: path,
      commit: 'main',
      patch: null,
    })
    writeFileSync(join(folder, 'tests/a.txt'), 'two\n')
    rmSync(join(folder, 'tests/b.txt'))
    writeFileSync(join(folder, 'tests/c.txt'), 'new\n')
    const hidden = String(await readPatch(repository, folder))
    git(folder, 'checkout', '--quiet', '.')
    writeFileSync(join(folder, 'app.txt'), 'mended\n')
    rmSync(join(folder, 'tests'), { recursive: true })
    symlinkSync('/tmp', join(folder, 'tests'))
    const patch = await readPatch(repository, folder)
    const task = taskWith({ kind: 'git', from: path, commit: 'main', patch: null }, { patch: hidden })
    const fresh = join(root, 'fresh')
    await makeCheckWorkspace({ task, repository, patch }, fresh)
    assert.equal(readFileSync(join(fresh, 'tests/a.txt'), 'utf8'), 'two\n')
    assert.equal(readFileSync(join(fresh, 'tests/c.txt'), 'utf8'), 'new\n')
    assert.ok(!existsSync(join(fresh, 'tests/b.txt')))
    assert.equal(readFileSync(join(fresh, 'app.txt'), 'utf8'), 'mended\n')
  })

  it('is as the agent left it where there is nothing hidden', async () => {
    const source = { kind: 'files', folder: plainFiles() } as const
    const { root, repository } = await opened(source)
    await makeCheckWorkspace({ task: taskWith(source), repository, patch: NONE }, join(root, 'fresh'))
    assert.equal(readFileSync(join(root, 'fresh/app.txt'), 'utf8'), 'one\ntwo\n')
  })
})

describe('a check', () => {
  const end = { exit: 1, output: '', rewards: [] }
  const check = taskWith({ kind: 'image', folder: '/app' }).check

  it('passes by its exit code', () => {
    assert.ok(isResolved(check, { ...end, exit: 0 }))
    for (const exit of [1, null]) assert.ok(!isResolved(check, { ...end, exit }))
  })

  it('passes by the reward that it writes, and never without', () => {
    const by = { ...check, passing: { kind: 'reward', files: [] } } as const
    for (const text of ['1', '1.0\n', '{"reward": 1}'])
      assert.ok(isResolved(by, { ...end, rewards: [text] }), text)
    for (const text of ['0', '', '0.5', 'x', '{"reward": 0}', '{}', 'null'])
      assert.ok(!isResolved(by, { ...end, exit: 0, rewards: [text] }), text)
    assert.ok(!isResolved(by, { ...end, exit: 0 }))
  })

  it('passes by the tests that it prints: all of them', () => {
    const by = { ...check, passing: { kind: 'tests', names: ['a::x', 'a::y'] } } as const
    assert.ok(isResolved(by, { ...end, output: 'PASSED a::x\nFAILED b\nPASSED a::y\n' }))
    assert.ok(!isResolved(by, { ...end, exit: 0, output: 'PASSED a::x\nFAILED a::y - no PASSED a::y\n' }))
    assert.ok(!isResolved({ ...by, passing: { kind: 'tests', names: [] } }, { ...end, exit: 0 }))
  })
})
