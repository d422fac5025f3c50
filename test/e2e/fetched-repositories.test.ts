import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openOutlineCache } from '../../src/task/outline-cache.ts'
import { openRepository } from '../../src/task/repository.ts'
import { readSnapshot } from '../../src/task/snapshot.ts'
import { git, gitRepository, gitWorkTree } from '../fixtures/git-repository.ts'
import { servedFrom } from '../fixtures/server/served.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const repository = gitRepository([
  { files: { 'a.py': 'def a():\n    pass\n', 'large.py': Buffer.alloc(1 << 21, 'x = 1\n') } },
  { files: { 'b/b.py': 'def b():\n    return a()\n', 'exact.py': Buffer.alloc(1 << 20, 'y = 2\n') } },
])
git(repository, 'tag', '-a', '-m', 'first', 'v1', 'main~1')
git(repository, 'tag', 'light', 'main~1')
const [first, second] = ['main~1', 'main'].map((name) => git(repository, 'rev-parse', name)) as [
  string,
  string,
]

/** What the features see of a repository. */
async function seenOf(path: string, commit: string) {
  const { history, ...seen } = await readSnapshot(await openRepository(path, commit), openOutlineCache(null))
  return seen
}

const fetches = (asked: readonly string[]): number => asked.filter((one) => one.startsWith('GET')).length

describe('a repository that is fetched', () => {
  it('shows the features what the whole one shows, but for its past', async () => {
    const { get, folder } = await servedFrom(repository)
    const { path, commit, name } = await get(null)
    assert.deepEqual([commit, name], [second, 'octo/repo'])
    assert.ok(path?.startsWith(folder))
    const seen = await seenOf(String(path), second)
    assert.deepEqual(seen, await seenOf(repository, second))
    assert.deepEqual(
      seen.sources.map(({ path }) => path),
      ['a.py', 'b/b.py', 'exact.py', 'large.py'],
    )
    const without = git(String(path), 'rev-list', '--objects', '--missing=print', 'HEAD')
    assert.equal(without.match(/^\?/gm)?.length, 1, 'the large file was not fetched')
    const { history } = await readSnapshot(await openRepository(String(path)), openOutlineCache(null))
    assert.equal(history, null)
  })

  for (const [asked, commit] of [
    ['HEAD', second],
    ['main', second],
    ['v1', first],
    ['light', first],
    [first, first],
  ] as const)
    it(`is read at ${asked === first ? 'the id of a commit' : asked}`, async () => {
      const { get } = await servedFrom(repository)
      const served = await get(asked)
      assert.equal(served.commit, commit)
      assert.equal((await openRepository(String(served.path))).commit, commit)
    })

  const blob = git(repository, 'rev-parse', 'main:a.py')
  for (const missing of [
    'none',
    'abc1234',
    '0'.repeat(40),
    '0'.repeat(64),
    blob,
    '-x',
    'a..b',
    '--upload-pack=id',
    'HEAD^',
    '',
  ])
    it(`has no commit ${JSON.stringify(missing)}, which is said, and nothing stays behind`, async () => {
      const { get, folder } = await servedFrom(repository)
      await assert.rejects(get(missing), {
        code: /^0{64}$/.test(missing) ? 'repository-failed' : 'commit-not-found',
      })
      assert.deepEqual(readdirSync(folder), [])
    })

  it('is fetched once for all who ask at once, and not again for those who ask later', async () => {
    const { get, server, lookedUp } = await servedFrom(repository)
    const all = await Promise.all([get(first), get(first), get(first)])
    assert.equal(new Set(all.map(({ path }) => path)).size, 1)
    await get(first)
    assert.deepEqual([fetches(server.asked), lookedUp.length], [1, 1])
  })

  it('is asked for the commit of its HEAD anew only when the answer is old', async () => {
    const moving = join(temporaryFolder(), 'moving.git')
    cpSync(repository, moving, { recursive: true })
    let nowMs = 0
    const { get, server } = await servedFrom(moving, { now: () => nowMs, headAgeMs: 1000 })
    assert.equal((await get(null)).commit, second)
    git(moving, 'update-ref', 'refs/heads/main', first)
    nowMs = 999
    const before = server.asked.length
    assert.equal((await get(null)).commit, second)
    assert.equal(server.asked.length, before)
    nowMs = 1000
    assert.equal((await get(null)).commit, first)
  })

  it('is there after a restart, without being asked for', async () => {
    const { get, served, folder, server } = await servedFrom(repository)
    const { path } = await get(first)
    await served.close()
    const again = await servedFrom(repository, { folder })
    const url = `http://git.invalid:${server.port}/octo/repo`
    const reopened = await servedFrom(repository, { folder, allowed: [{ url, private: true }] })
    const found = await reopened.served.resolve(
      { name: null, url, commit: first },
      AbortSignal.timeout(20_000),
    )
    assert.equal(found.path, path)
    assert.deepEqual([again.server.asked, reopened.lookedUp], [[], []])
  })

  it('is called what the caller calls it', async () => {
    const { served, url } = await servedFrom(repository)
    const asked = { name: 'django/django', url: `${url}.git`, commit: first }
    assert.equal((await served.resolve(asked, AbortSignal.timeout(20_000))).name, 'django/django')
  })
})

describe('what is kept of fetched repositories', () => {
  const large = gitRepository(
    [0, 1, 2].map((i) => ({ files: { [`${i}.bin`]: randomBytes(300_000), 'a.py': `x = ${i}\n` } })),
  )
  const [one, two, three] = [2, 1, 0].map((back) => git(large, 'rev-parse', `main~${back}`)) as [
    string,
    string,
    string,
  ]
  const kept = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.git')).length

  it('stays within its bound: what was used least recently goes', async () => {
    const { get, served, folder, server } = await servedFrom(large, { mostBytes: 1_000_000 })
    for (const commit of [one, two]) (await get(commit)).release()
    ;(await get(one)).release()
    ;(await get(three)).release()
    const before = fetches(server.asked)
    ;(await get(three)).release()
    assert.equal(fetches(server.asked), before)
    ;(await get(two)).release()
    assert.equal(fetches(server.asked), before + 1)
    await served.close()
    assert.equal(kept(folder), 1)
    assert.equal(readdirSync(folder).length, 1)
  })

  it('goes only when nobody reads it any more', async () => {
    const { get, served, folder } = await servedFrom(large, { mostBytes: 1 })
    const [a, again] = [await get(one), await get(one)]
    const b = await get(two)
    assert.equal(kept(folder), 2)
    a.release()
    a.release()
    assert.equal((await openRepository(String(again.path))).commit, one)
    b.release()
    again.release()
    await served.close()
    assert.deepEqual(readdirSync(folder), [])
  })

  it('is held to the bound at the start, too', async () => {
    const { get, served, folder } = await servedFrom(large)
    for (const commit of [one, two, three]) (await get(commit)).release()
    await served.close()
    assert.equal(kept(folder), 3)
    const { served: again } = await servedFrom(large, { folder, mostBytes: 1_700_000 })
    await again.close()
    assert.equal(kept(folder), 2)
  })

  it('is fetched anew where somebody removed it', async () => {
    const { get } = await servedFrom(repository)
    const { path } = await get(first)
    rmSync(String(path), { recursive: true })
    assert.equal((await openRepository(String((await get(first)).path))).commit, first)
  })
})

describe('a registered repository', () => {
  const never = new AbortController().signal
  const asked = (name: string | null, commit: string | null = null) => ({ name, url: null, commit })

  it('is read where it is, a bare one or a work tree, at any commit', async () => {
    const tree = gitWorkTree([{ files: { 'a.py': 'x = 1\n' } }])
    const { served } = await servedFrom(repository, {
      registered: { 'octo/bare': repository, 'octo/tree': tree },
    })
    const bare = await served.resolve(asked('octo/bare', first.slice(0, 10)), never)
    assert.deepEqual([bare.path, bare.name, bare.commit], [repository, 'octo/bare', first])
    bare.release()
    assert.equal((await served.resolve(asked('octo/tree'), never)).path, join(tree, '.git'))
  })

  it('is not told apart from none by anything but its name', async () => {
    const { served } = await servedFrom(repository, { registered: { 'octo/bare': repository } })
    for (const name of ['octo/other', 'constructor/x', '__proto__/x', '../etc', repository.slice(1)]) {
      const { path, commit } = await served.resolve(asked(name), never)
      assert.deepEqual([path, commit], [null, null])
      await assert.rejects(served.resolve(asked(name, 'HEAD'), never), { code: 'repository-refused' })
    }
    assert.equal((await served.resolve(asked(null), never)).path, null)
    for (const name of [repository, '/etc', '.', 'a', 'a b/c', `a/${'b'.repeat(300)}`, 'a/b\n'])
      await assert.rejects(served.resolve(asked(name), never), { code: 'repository-refused' })
  })

  it('does not tell where it is when it cannot be read', async () => {
    const gone = join(temporaryFolder(), 'gone')
    const registered = { 'octo/gone': gone, 'octo/folder': temporaryFolder(), 'octo/bare': repository }
    const { served } = await servedFrom(repository, { registered })
    for (const [name, commit, code] of [
      ['octo/gone', null, 'repository-failed'],
      ['octo/folder', null, 'repository-failed'],
      ['octo/bare', 'nope', 'commit-not-found'],
      ['octo/bare', ':/Change', 'commit-not-found'],
    ] as const)
      await assert.rejects(served.resolve(asked(name, commit), never), (error) => {
        assert.ok(error instanceof Error && 'code' in error && 'fix' in error)
        assert.equal(error.code, code)
        assert.doesNotMatch(`${error.message} ${error.fix}`, /\/tmp|foretoken-test/)
        return true
      })
  })

  it('must have a name and an absolute path', async () => {
    for (const registered of [{ 'octo/x': 'relative' }, { x: '/srv/x' }])
      await assert.rejects(servedFrom(repository, { registered }), { code: 'service-malformed' })
  })
})
