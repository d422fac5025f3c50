import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { KnownError } from '../../src/errors.ts'
import { isPinnable } from '../../src/server/repositories/git-version.ts'
import { openRepository } from '../../src/task/repository.ts'
import { git, gitRepository } from '../fixtures/git-repository.ts'
import { gitServer } from '../fixtures/server/git-server.ts'
import { HOST, servedFrom } from '../fixtures/server/served.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { until } from '../fixtures/until.ts'

const repository = gitRepository([{ files: { 'a.py': 'x = 1\n' } }])
const commit = git(repository, 'rev-parse', 'main')
/** Six megabytes that cannot be made smaller, in files that are fetched. */
const large = gitRepository([
  { files: Object.fromEntries([0, 1, 2, 3, 4, 5].map((i) => [`${i}.bin`, randomBytes(1_000_000)])) },
])
const largeCommit = git(large, 'rev-parse', 'main')

/** Looks at the failure: its code, its words, and that it tells no address. */
const saying = (code: string, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof KnownError, String(error))
  assert.equal(error.code, code)
  assert.match(error.detail, words)
  assert.doesNotMatch(`${error.detail} ${error.fix}`, /127\.0|10\.0\.0|169\.254/)
  return true
}

describe('an address that is not allowed', () => {
  it('is neither looked up nor gone to', async () => {
    const { served, server, lookedUp } = await servedFrom(repository)
    for (const url of [
      `http://${HOST}:${server.port}/other/repo`,
      `http://127.0.0.1:${server.port}/octo/repo`,
    ])
      await assert.rejects(
        served.resolve({ name: null, url, commit: null }, AbortSignal.timeout(9000)),
        (error) => error instanceof KnownError && error.code === 'repository-refused' && error.status === 403,
      )
    assert.deepEqual([server.asked, lookedUp], [[], []])
  })

  const LEADS: readonly (readonly [what: string, isPrivate: boolean, addresses: readonly string[]])[] = [
    ['this machine', false, ['127.0.0.1']],
    ['a private network', false, ['10.0.0.7']],
    ['a public address and a private one', false, ['8.8.8.8', '10.0.0.7']],
    ['this machine, wrapped in IPv6', false, ['::ffff:127.0.0.1']],
    ['the metadata of a cloud', true, ['169.254.169.254']],
    ['this machine and the metadata of a cloud', true, ['127.0.0.1', '169.254.169.254']],
    ['nowhere', true, ['0.0.0.0']],
  ]
  for (const [what, isPrivate, addresses] of LEADS)
    it(`is not gone to when its host turns out to be ${what}`, async () => {
      const { served, server } = await servedFrom(repository, {
        allowed: [{ url: `http://${HOST}/*`, private: isPrivate }, { url: `http://${HOST}:1/*` }],
        lookUp: async () => addresses,
      })
      const asked = { name: null, url: `http://${HOST}/octo/repo`, commit }
      await assert.rejects(
        served.resolve(asked, AbortSignal.timeout(9000)),
        saying('repository-refused', isPrivate ? /no repository is read/ : /private network/),
      )
      assert.deepEqual(server.asked, [])
    })

  it('is told from one whose host cannot be found', async () => {
    const { get } = await servedFrom(repository, {
      lookUp: () => Promise.reject(new Error('ENOTFOUND')),
    })
    await assert.rejects(get(commit), saying('repository-failed', /cannot be found/))
  })
})

describe('git', () => {
  it('goes to the addresses that were checked, whatever the name means to others', async () => {
    const server = await gitServer(repository)
    const url = `http://localhost:${server.port}/octo/repo`
    // The server is at 127.0.0.1, which is what everybody else takes localhost for.
    const elsewhere = { allowed: [{ url, private: true }], lookUp: async () => ['127.0.0.2'] }
    const { served } = await servedFrom(repository, elsewhere)
    await assert.rejects(
      served.resolve({ name: null, url, commit }, AbortSignal.timeout(9000)),
      saying('repository-failed', /does not answer/),
    )
    assert.deepEqual(server.asked, [])
    await server.close()
  })

  it('takes nothing from the settings of the user: no other address, no proxy, no password', async () => {
    const home = temporaryFolder()
    const { get, server, url } = await servedFrom(repository)
    const headers: unknown[] = []
    server.meddle = (request) => {
      headers.push(request.headers.authorization, request.headers.cookie)
      return false
    }
    writeFileSync(join(home, '.netrc'), `machine ${HOST} login me password secret\n`)
    writeFileSync(
      join(home, '.gitconfig'),
      `[url "http://evil.invalid/"]\n\tinsteadOf = ${url}\n[http]\n\tproxy = http://127.0.0.1:9\n`,
    )
    const mine = {
      HOME: home,
      http_proxy: 'http://127.0.0.1:9',
      ALL_PROXY: 'http://127.0.0.1:9',
      GIT_TRACE: join(home, 'trace'),
    }
    const before = Object.keys(mine).map((name) => [name, process.env[name]] as const)
    Object.assign(process.env, mine)
    try {
      assert.equal((await get(commit)).commit, commit)
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
    }
    assert.ok(headers.length > 0)
    assert.deepEqual(new Set(headers), new Set([undefined]))
    assert.equal(existsSync(join(home, 'trace')), false)
  })

  it('must be new enough to be held to addresses', () => {
    const versions = ['2.36.9', '2.37.0', '2.39.5.windows.1', '3.0.1', '1.99.0', 'x']
    const pinnable = versions.map((version) => isPinnable(`git version ${version}\n`))
    assert.deepEqual(pinnable, [false, true, true, true, false, false])
  })
})

describe('a server', () => {
  const ANSWERS: readonly (readonly [
    does: string,
    answer: (response: ServerResponse) => void,
    string,
    RegExp,
  ])[] = [
    [
      'asks for a login',
      (to) => to.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(),
      'repository-failed',
      /login/,
    ],
    [
      'has no such repository',
      (to) => to.writeHead(404).end(),
      'repository-failed',
      /no such repository|404/,
    ],
    ['is broken', (to) => to.writeHead(500).end('secret inner words'), 'repository-failed', /answered 500$/],
    [
      'does not speak git',
      (to) => to.end('<html>hello</html>'),
      'repository-failed',
      /does not speak|is no git server/,
    ],
    ['ends the connection', (to) => to.destroy(), 'repository-failed', /ended early/],
  ]
  for (const [does, answer, code, words] of ANSWERS)
    it(`that ${does} is told of, in our words`, async () => {
      const { get, server, folder } = await servedFrom(repository)
      server.meddle = (_, response) => {
        answer(response)
        return true
      }
      for (const asked of [null, commit]) await assert.rejects(get(asked), saying(code, words))
      assert.deepEqual(readdirSync(folder), [])
    })

  for (const status of [301, 302, 307, 308])
    it(`that leads elsewhere with ${status} is not followed`, async () => {
      const other = await gitServer(repository)
      const { get, server } = await servedFrom(repository)
      server.meddle = (request, response) => {
        const location = `http://127.0.0.1:${other.port}${request.url}`
        response.writeHead(status, { location }).end()
        return true
      }
      for (const asked of [null, commit])
        await assert.rejects(get(asked), saying('repository-refused', /not followed/))
      assert.deepEqual(other.asked, [])
      await other.close()
    })

  it('that says nothing is not waited for longer than the settings say', async () => {
    const { get, server, folder } = await servedFrom(repository, { fetchTimeoutMs: 300 })
    let isGone = false
    server.meddle = (_, response) => {
      response.on('close', () => {
        isGone = true
      })
      return true
    }
    await assert.rejects(get(commit), saying('repository-failed', /longer than 0.3 seconds/))
    await until(() => isGone)
    assert.deepEqual(readdirSync(folder), [])
  })

  it('that goes in the middle leaves nothing behind, and is asked again', async () => {
    const { get, server, folder } = await servedFrom(large)
    server.cut = { bytes: 1_000_000, stop: 'end' }
    await assert.rejects(get(largeCommit), saying('repository-failed', /ended early/))
    assert.deepEqual(readdirSync(folder), [])
    server.cut = null
    const { path } = await get(largeCommit)
    assert.equal((await openRepository(String(path))).commit, largeCommit)
  })
})

describe('a repository that is too large', () => {
  it('is refused', async () => {
    const { get, folder } = await servedFrom(large, { mostBytesEach: 1_000_000 })
    await assert.rejects(get(largeCommit), saying('repository-refused', /larger than 1,000,000 bytes/))
    assert.deepEqual(readdirSync(folder), [])
  })

  it('is refused while it still comes', async () => {
    const { get, server } = await servedFrom(large, { mostBytesEach: 1_000_000 })
    server.cut = { bytes: 3_000_000, stop: 'silence' }
    await assert.rejects(get(largeCommit), saying('repository-refused', /larger than/))
  })
})

describe('whoever waits for a fetch', () => {
  const held = async (options = {}) => {
    const it = await servedFrom(repository, options)
    const responses: ServerResponse[] = []
    it.server.meddle = (_, response) => {
      responses.push(response)
      return true
    }
    return { ...it, responses }
  }

  it('may leave: the fetch goes on for the others, and ends with the last', async () => {
    const { get, responses, folder } = await held()
    const [one, two] = [new AbortController(), new AbortController()]
    const [first, second] = [get(commit, one.signal), get(commit, two.signal)]
    await until(() => responses.length > 0)
    one.abort(new Error('gone'))
    await assert.rejects(first, /gone/)
    assert.equal(responses[0]?.closed, false)
    two.abort(new Error('gone too'))
    await assert.rejects(second, /gone too/)
    await until(() => responses[0]?.closed === true)
    await until(() => readdirSync(folder).length === 0)
    assert.equal(responses.length, 1)
  })

  it('waits in a line that is bounded', async () => {
    const { served, get, responses } = await held({ mostAtOnce: 1 })
    const all = Array.from({ length: 12 }, (_, i) => get(i.toString(16).repeat(40)))
    const ends = await Promise.allSettled(all.slice(11))
    assert.match(
      String(ends[0]?.status === 'rejected' && ends[0].reason),
      /service is busy: 10 repositories wait/,
    )
    await until(() => responses.length === 1)
    const rest = Promise.allSettled(all.slice(0, 11))
    await served.close()
    for (const end of await rest) assert.equal(end.status === 'rejected' && end.reason.code, 'service-busy')
    assert.equal(responses.length, 1)
  })
})

describe('a service that is killed', () => {
  it('in the middle of a fetch leaves nothing that is ever taken for whole', async () => {
    const folder = temporaryFolder()
    const { server, get, url } = await servedFrom(large)
    server.cut = { bytes: 3_000_000, stop: 'silence' }
    const program = join(import.meta.dirname, '../fixtures/server/fetch-alone.ts')
    const child = spawn(process.execPath, [program, url, largeCommit, folder], { stdio: 'inherit' })
    const ended = once(child, 'exit')
    await until(() => readdirSync(folder, { recursive: true }).some((name) => /tmp_pack/.test(String(name))))
    child.kill('SIGKILL')
    await ended
    assert.match(readdirSync(folder).join(), /^fetching-\d+-\w+$/)
    server.cut = null
    const again = await servedFrom(large, { folder, allowed: [{ url, private: true }] })
    assert.deepEqual(readdirSync(folder), [])
    const asked = { name: null, url, commit: largeCommit }
    const { path } = await again.served.resolve(asked, AbortSignal.timeout(20_000))
    const objects = git(String(path), 'rev-list', '--objects', 'HEAD').split('\n')
    assert.equal(objects.length, 8, 'a commit, its tree and six files')
    assert.equal((await get(largeCommit)).commit, largeCommit)
  })

  it('has what it was removing or fetching cleared away, and nothing else', async () => {
    const folder = temporaryFolder()
    for (const name of [
      'fetching-4194305-xxxxxx',
      'removing-4194305-1',
      `fetching-${process.pid}-a`,
      'notes',
    ]) {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, 'HEAD'), 'ref: refs/heads/main\n')
    }
    mkdirSync(join(folder, `fetching-${process.ppid}-of-one-that-lives`))
    await servedFrom(repository, { folder })
    assert.deepEqual(readdirSync(folder).sort(), [`fetching-${process.ppid}-of-one-that-lives`, 'notes'])
  })
})
