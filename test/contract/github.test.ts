import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, it } from 'node:test'
import type { KnownError } from '../../src/errors.ts'
import { readGithubIssue } from '../../src/task/github-issue.ts'
import type { GithubAccess } from '../../src/task/github-request.ts'

const REFERENCE = { kind: 'github', owner: 'example', repository: 'tables', number: 17 } as const

/** The fields of GitHub's answer that matter, as https://docs.github.com/en/rest/issues/issues#get-an-issue shows it. */
const ISSUE = {
  url: 'https://api.github.com/repos/example/tables/issues/17',
  html_url: 'https://github.com/example/tables/issues/17',
  number: 17,
  state: 'open',
  title: 'Negative widths crash',
  body: 'Calling it raises `IndexError`.\r\n',
  labels: [{ id: 1, name: 'bug', color: 'f29513' }, 'tables'],
  comments: 3,
}

describe('an issue on GitHub', () => {
  const servers: Server[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections()
      server.close()
    }
  })

  /** A GitHub that answers on this machine, and how to reach it. */
  async function github(
    answer: RequestListener,
  ): Promise<GithubAccess & { readonly asked: IncomingMessage[] }> {
    const asked: IncomingMessage[] = []
    const server = createServer((request, response) => {
      asked.push(request)
      answer(request, response)
    })
    servers.push(server)
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const { port } = server.address() as AddressInfo
    const wait = () => Promise.resolve() // back-off has its own test
    return { api: `http://127.0.0.1:${port}`, signal: new AbortController().signal, wait, asked }
  }
  const answering = (status: number, body: unknown, headers: Record<string, string> = {}) =>
    github((_, response) => response.writeHead(status, headers).end(JSON.stringify(body)))
  const refused = async (access: GithubAccess, code: string, detail: RegExp, exit: number) =>
    assert.rejects(readGithubIssue(REFERENCE, access), (error: KnownError) => {
      assert.deepEqual([error.code, error.exit], [code, exit])
      assert.match(error.detail, detail)
      return true
    })

  it('is read with its labels and where it came from', async () => {
    const access = await answering(200, ISSUE)
    const { issue, hints } = await readGithubIssue(REFERENCE, access)
    assert.deepEqual(issue, {
      title: 'Negative widths crash',
      body: 'Calling it raises `IndexError`.\n',
      labels: ['bug', 'tables'],
      source: {
        kind: 'github',
        url: 'https://github.com/example/tables/issues/17',
        repository: 'example/tables',
        number: 17,
        pullRequest: false,
        state: 'open',
      },
    })
    assert.deepEqual(hints, { id: 'example/tables#17', repository: 'example/tables' })
  })

  it('is asked for as the API wants it, with the token only if there is one', async () => {
    const access = await answering(200, ISSUE)
    await readGithubIssue(REFERENCE, access)
    await readGithubIssue(REFERENCE, { ...access, api: `${access.api}/api/v3/`, token: 'secret' })
    const [open, authorised] = access.asked
    assert.equal(open?.url, '/repos/example/tables/issues/17')
    assert.equal(open?.headers.accept, 'application/vnd.github+json')
    assert.equal(open?.headers['x-github-api-version'], '2022-11-28')
    assert.equal(open?.headers['user-agent'], 'foretoken')
    assert.equal(open?.headers.authorization, undefined)
    assert.equal(authorised?.url, '/api/v3/repos/example/tables/issues/17')
    assert.equal(authorised?.headers.authorization, 'Bearer secret')
  })

  it('may have no body, and may be a pull request', async () => {
    const access = await answering(200, {
      ...ISSUE,
      body: null,
      pull_request: { url: 'https://example.com' },
    })
    const { issue } = await readGithubIssue(REFERENCE, access)
    assert.equal(issue.body, '')
    assert.ok(issue.source.kind === 'github' && issue.source.pullRequest)
  })

  it('that was moved is found within the same API', async () => {
    const access = await github((request, response) => {
      if (request.url === '/repositories/5/issues/17') return response.end(JSON.stringify(ISSUE))
      return response.writeHead(301, { location: '/repositories/5/issues/17' }).end()
    })
    const { issue } = await readGithubIssue(REFERENCE, { ...access, token: 'secret' })
    assert.equal(issue.title, 'Negative widths crash')
    assert.equal(access.asked[1]?.headers.authorization, 'Bearer secret')
  })

  it('is not followed to another host, and the token stays', async () => {
    const thief = await answering(200, ISSUE)
    const access = await answering(301, {}, { location: `${thief.api}/repos/example/tables/issues/17` })
    await refused({ ...access, token: 'secret' }, 'github-failed', /redirects to another host/, 4)
    assert.deepEqual(thief.asked, [])
  })

  it('is not followed in circles', async () => {
    const access = await answering(302, {}, { location: '/again' })
    await refused(access, 'github-failed', /redirects more than 3 times/, 4)
  })

  it('that is not there, or not any more, is bad input', async () => {
    await refused(await answering(404, { message: 'Not Found' }), 'github-not-found', /issues\/17$/, 2)
    await refused(await answering(410, { message: 'Gone' }), 'github-not-found', /is gone/, 2)
  })

  it('is refused with the time when the rate limit resets', async () => {
    const limit = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1767225600' }
    for (const status of [403, 429]) {
      await refused(await answering(status, {}, limit), 'github-denied', /until 2026-01-01T00:00:00.000Z$/, 4)
    }
    await refused(
      await answering(429, {}, { 'retry-after': '60' }),
      'github-denied',
      /until 60 s from now$/,
      4,
    )
  })

  it('is refused in the words of GitHub when access is forbidden', async () => {
    await refused(
      await answering(403, { message: 'Resource not accessible' }),
      'github-denied',
      /403: Resource not/,
      4,
    )
    await refused(
      await answering(401, { message: 'Bad credentials' }),
      'github-denied',
      /did not accept the token/,
      4,
    )
    await refused(await answering(418, '<html>'), 'github-failed', /answered 418$/, 4)
  })

  it('is asked for again when the server fails, each time after a longer wait', async () => {
    const waits: number[] = []
    const access = await github((_, response) => {
      response.writeHead(access.asked.length < 3 ? 502 : 200).end(JSON.stringify(ISSUE))
    })
    const wait = async (ms: number) => void waits.push(ms)
    await readGithubIssue(REFERENCE, { ...access, wait })
    assert.deepEqual(waits, [500, 1000])
    await refused(await answering(503, {}), 'github-failed', /answered 503$/, 4)
  })

  it('is asked for again when the connection breaks', async () => {
    const access = await github((request, response) => {
      if (access.asked.length === 1) return void request.socket.destroy()
      if (access.asked.length === 2) return void response.write('{"cut', () => request.socket.destroy())
      return response.end(JSON.stringify(ISSUE))
    })
    assert.equal((await readGithubIssue(REFERENCE, access)).issue.title, 'Negative widths crash')
  })

  it('that does not come in time is a failure that says how long was waited', async () => {
    const access = await github(() => {}) // never answers
    await refused({ ...access, timeoutMs: 20 }, 'github-failed', /took longer than 20 ms/, 4)
    assert.equal(access.asked.length, 3)
  })

  it('is given up at once when the user interrupts', async () => {
    const interruption = new AbortController()
    const access = await github(() => interruption.abort(new Error('interrupted')))
    await assert.rejects(
      readGithubIssue(REFERENCE, { ...access, signal: interruption.signal }),
      /interrupted/,
    )
    assert.equal(access.asked.length, 1)
  })

  it('is read no further than any issue can be long', async () => {
    const access = await github((_, response) => {
      const block = Buffer.alloc(1 << 20, 'x')
      const more = () => void (response.destroyed || response.write(block, more))
      more()
    })
    await refused(access, 'issue-too-large', /answered more than/, 2)
    await refused(
      await answering(200, { ...ISSUE, body: 'x'.repeat(3 << 20) }),
      'issue-too-large',
      /issues\/17 has/,
      2,
    )
  })

  it('that makes no sense is the failure of GitHub, not a crash', async () => {
    await refused(await github((_, response) => response.end('<html>')), 'github-failed', /column 1/, 4)
    await refused(await answering(200, { ...ISSUE, title: 5 }), 'github-failed', /\/title: /, 4)
    await refused(await answering(200, { ...ISSUE, html_url: 'nowhere' }), 'github-failed', /nowhere/, 4)
  })
})
