import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { askedOf } from '../../../src/gateway/cassette/asked.ts'
import { redactor } from '../../../src/gateway/cassette/redactor.ts'
import { steadyText } from '../../../src/gateway/cassette/volatile-text.ts'
import { workspaceFolder } from '../../../src/gateway/cassette/workspace-folder.ts'
import { asks, CHAT, noSecrets, prompt } from '../../fixtures/gateway/cassettes.ts'

const same = (a: object, b: object) => {
  const [one, other] = [asks(a).keys, asks(b).keys]
  return { strict: one.strict === other.strict, lenient: one.lenient === other.lenient }
}

describe('the strict key of a request', () => {
  it('does not depend on the order of members', () => {
    assert.equal(asks({ a: 1, b: { c: 2, d: 3 } }).keys.strict, asks({ b: { d: 3, c: 2 }, a: 1 }).keys.strict)
  })

  it('tells prompts, settings, paths and streams apart', () => {
    const requests = [
      asks(prompt('a')),
      asks(prompt('b')),
      asks(prompt('a', { temperature: 1 })),
      asks(prompt('a', { stream: true })),
      asks(prompt('a', { store: true })),
      asks(prompt('a'), { provider: 'openai', path: '/responses' }),
      asks(prompt('a'), { provider: 'anthropic', path: '/chat/completions' }),
    ]
    assert.equal(new Set(requests.map(({ keys }) => keys.strict)).size, requests.length)
  })

  for (const [name, value] of [
    ['user', 'u-1'],
    ['safety_identifier', 's-1'],
    ['prompt_cache_key', 'k-1'],
    ['client_metadata', { installation: 'i' }],
    ['stream_options', { include_usage: true }],
    ['metadata', { user_id: 'account-1' }],
  ] as const) {
    it(`does not look at ${name}, which asks for nothing`, () => {
      assert.deepEqual(same(prompt('a'), prompt('a', { [name]: value })), { strict: true, lenient: true })
    })
  }

  it('looks at metadata of the caller, and at members of those names further in', () => {
    assert.equal(same(prompt('a'), prompt('a', { metadata: { user_id: 'x', run: '7' } })).strict, false)
    assert.equal(same({ tools: [{ user: 'a' }] }, { tools: [{ user: 'b' }] }).strict, false)
  })

  it('looks at what is asked in a query, but not at keys in it', () => {
    const keysOf = (query: string) =>
      askedOf({ target: CHAT, query, body: Buffer.from('{}') }, noSecrets).keys.strict
    assert.equal(keysOf('?key=abc&alt=sse&b=1'), keysOf('b=1&alt=sse'))
    assert.notEqual(keysOf('?alt=sse'), keysOf(''))
  })

  it('is the same whatever the secret was, since it is made without it', () => {
    const [one, other] = ['first-secret-1', 'other-secret-2'].map((secret) =>
      asks(prompt(`the key is ${secret}`), CHAT, redactor([secret])),
    )
    assert.equal(one?.keys.strict, other?.keys.strict)
  })

  it('tells apart bodies that are no JSON, or are nested too deeply', () => {
    const keyOf = (body: string) =>
      askedOf({ target: CHAT, query: '', body: Buffer.from(body, 'latin1') }, noSecrets).keys.strict
    const deep = (inner: string) => `${'['.repeat(20_000)}${inner}${']'.repeat(20_000)}`
    const bodies = ['', '{', '{"', '\xff', '\xfe', deep('1'), deep('2')]
    assert.equal(new Set(bodies.map(keyOf)).size, bodies.length)
  })
})

describe('the lenient key of a request', () => {
  for (const [what, one, other] of [
    ['a UUID', 'id 0b5e2a1c-9d6f-4f6e-8a51-2f1c7be0a001', 'id 9C5e2a1c-9d6f-4f6e-8a51-2f1c7be0aFFF'],
    ['a date', 'Today is 2026-11-28.', 'Today is 2027-01-02.'],
    ['a moment', 'at 2026-11-28T12:01:02.123Z now', 'at 2026-12-01T02:11:59Z now'],
    ['a date in words', "Today's date is Sat Nov 28 2026", "Today's date is Sun Dec 6 2026"],
    ['a long date', 'Saturday, November 28, 2026', 'Tuesday, March 3rd, 2027'],
    ['a date as git shows it', 'Date: Sat Nov 28 12:01:02 2026 +0100', 'Date: Mon Feb 1 01:00:09 2027 -0500'],
    ['a date as ls shows it', '-rw-r--r-- 1 u g 10 Nov 28 12:01 a', '-rw-r--r-- 1 u g 10 Feb  1 01:00 a'],
    ['an American date', 'on 11/28/2026', 'on 1/2/2027'],
    ['a time of day', 'at 12:01:02,345', 'at 1:59:59'],
    ['seconds since 1970', 'ts=1795867262', 'ts=1795867999.25'],
    ['milliseconds since 1970', 'ts 1795867262123', 'ts 1795867999999'],
    ['a temporary folder', 'in /tmp/foretoken-a1b2/repo/a.ts', 'in /tmp/x/repo/a.ts'],
    ['a temporary folder of macOS', '/private/var/folders/ab/c_d/T/x1/a', '/var/folders/zz/q/T/y-2/a'],
    ['a home', 'see /home/ann/.bashrc', 'see /Users/bob/.bashrc'],
    ['the home of root', 'see /root/.bashrc', 'see /home/bob/.bashrc'],
    ['a home of Windows', 'C:\\Users\\Ann\\x', 'D:\\Users\\bob\\x'],
    ['a port', 'http://127.0.0.1:41234/v1', 'http://127.0.0.1:53/v1'],
    ['a port in words', 'listening on port 41234', 'listening on port 8080'],
    ['a process', 'pid 1234 died', 'pid 77 died'],
    ['an address in memory', '<object at 0x7f3a2b1c9d60>', '<object at 0x55d0e1f2a3b4>'],
    ['how long it took', 'Ran 3 tests in 0.12s, took 34 ms', 'Ran 3 tests in 1.5s, took 9 ms'],
    ['minutes', 'done in 1m 2s', 'done in 12m3.5s'],
    ['a version of the client', 'codex_cli/0.46.0 (linux)', 'codex_cli/0.47.1-beta.2 (linux)'],
    ["a client's check sum", 'cc_version=2.1.3.ab4; cch=0f1e2;', 'cc_version=2.2.0.9; cch=aaaaa;'],
    ['a hash', 'commit 1a2b3c4d5e', 'commit 9f8e7d6c5b4a39281706f5e4d3c2b1a098765432'],
    ['an id of chance', 'session aB3dE5gH7jK9mN1pQ', 'session Zz9Yy8Xx7Ww6Vv5Uu4'],
    [
      'a UUID behind a name',
      'fco_01a2234b-387d-77e1-85da-0123456789ab',
      'fco_01a2234c-04cd-7282-bd15-ba9876543210',
    ],
    ['the number of an output', 'Chunk ID: 7f1cc2', 'Chunk ID: 942d55'],
    ['the number of a shell', 'running with session ID 41234', 'running with session ID 7'],
    ['the length of an output', 'Original token count: 53', 'Original token count: 54'],
    ['how long a test took', 'ℹ duration_ms 81.820865', 'ℹ duration_ms 136'],
    ['how long it took, in JSON', '{"elapsed_s":0.5}', '{"elapsed_s":12}'],
    [
      'an old date as ls shows it',
      '-rw-r--r-- 1 u g 10 Nov 28  2025 a',
      '-rw-r--r-- 1 u g 10 Feb  1  2024 a',
    ],
    ['a moment in the name of a file', 'logs/2026-11-28T17_52_02_123Z-a', 'logs/2026-12-01T01_02_03_004Z-a'],
    ['a zone of time', '<timezone>Etc/UTC</timezone>', '<timezone>America/Indiana/Knox</timezone>'],
    [
      'a kernel',
      'Linux 6.1.44-v6 #1 SMP x86_64',
      'Linux 6.8.0-1021-aws #22-Ubuntu SMP Thu Feb 1 2024 x86_64',
    ],
    ['a process that warns', '(node:41234) Warning', '(node:77) Warning'],
    ["a provider's id", 'use toolu_01AbCdEfGh12', 'use toolu_09ZzYyXxWw77'],
  ] as const) {
    it(`is the same with another value of ${what}`, () => {
      assert.deepEqual(same(prompt(one), prompt(other)), { strict: false, lenient: true })
    })
  }

  it('is the same in another folder, which the request says it works in', () => {
    const at = (folder: string, slug: string) =>
      prompt(`Working directory: ${folder}\nread ${folder}/src/a.ts, logs in projects/${slug}/x`)
    const [one, other] = [at('/srv/ann/w1/repo', '-srv-ann-w1-repo'), at('/testbed', '-testbed')]
    assert.deepEqual(same(one, other), { strict: false, lenient: true })
  })

  it('is the same with other ids of tool uses, and other moments in numbers', () => {
    const turn = (id: string, at: number) => ({
      created: at,
      messages: [
        { role: 'assistant', tool_calls: [{ id, type: 'function', function: { name: 'bash' } }] },
        { role: 'tool', tool_call_id: id, content: 'ok' },
      ],
    })
    assert.deepEqual(same(turn('a-1', 1795867262), turn('b-2', 1795867999)), { strict: false, lenient: true })
  })

  for (const [one, other] of [
    ['fix the parser', 'fix the printer'],
    ['read /testbed/a.ts', 'read /testbed/b.ts'],
    ['there are 3 files', 'there are 4 files'],
    ['line 120', 'line 121'],
    ['the added feature', 'the faded feature'],
    ['the session ids are lost', 'the session ids are kept'],
    ['fix the duration of 3 calls', 'fix the duration of 4 calls'],
  ] as const) {
    it(`is another where another thing is meant: ${one}, ${other}`, () => {
      assert.equal(same(prompt(one), prompt(other)).lenient, false)
    })
  }

  it('is made in time linear in the text, whatever a model wrote', () => {
    for (const bit of [
      '/',
      '\\',
      'a',
      '1',
      '1.',
      '1:',
      ' ',
      'Mon ',
      'cwd:',
      '/tmp/a',
      'Linux 1 #',
      'job-id:',
      'a_duration_',
      'sk-',
      'eyJ-',
      'aB1-',
      '[',
    ]) {
      const from = performance.now()
      steadyText(bit.repeat(200_000 / bit.length))
      workspaceFolder(bit.repeat(200_000 / bit.length))
      assert.ok(performance.now() - from < 2000, `${bit} takes ${performance.now() - from} ms`)
    }
  })
})
