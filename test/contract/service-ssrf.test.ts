import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { after, describe, it } from 'node:test'
import { ProblemSchema } from '../../src/server/schemas/problem-schema.ts'
import { testService } from '../fixtures/server/test-service.ts'

/** Counts whoever comes. */
let visitors = 0
const trap = createServer((socket) => {
  visitors++
  socket.destroy()
})
trap.listen(0, '127.0.0.1')
await once(trap, 'listening')
after(() => trap.close())
const { port } = trap.address() as AddressInfo

const allowed = [
  { url: `http://localhost:${port}/octo/*` },
  { url: `http://127.0.0.1:${port}/octo/*` },
  { url: 'http://169.254.169.254/latest/*', private: true },
  { url: 'https://github.com/octo/*' },
  { url: `http://0.0.0.0:${port}/octo/*`, private: true },
]
const service = await testService({ settings: { repositories: { allowed } } })

/** Asks for a forecast of what is at an address. */
async function refusalOf(url: string, commit?: string) {
  const repository = { url, ...(commit === undefined ? {} : { commit }) }
  const response = await service.post('/v1/estimates', {
    issue: { title: 'x' },
    models: ['gpt-5'],
    repository,
  })
  const problem = ProblemSchema.parse(await response.json())
  assert.match(response.headers.get('content-type') ?? '', /problem\+json/)
  assert.equal(problem.status, response.status)
  return problem
}

const at = (host: string): string => `http://${host}:${port}/octo/repo`

/** This machine, in every spelling that a client may know. */
const LOOPBACK = [
  'localhost',
  'LOCALHOST',
  '127.0.0.1',
  '127.1',
  '0x7f.1',
  '0177.0.0.1',
  '2130706433',
  '0x7f000001',
  '127.0.0.2',
  '127.255.255.254',
  '0',
  '0.0.0.0',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '%6cocalhost',
  '①②⑦.0.0.1',
  'localhost.',
].map(at)

const ELSEWHERE = [
  'http://169.254.169.254/latest/meta-data',
  'http://[::ffff:169.254.169.254]/latest/meta-data',
  'http://[fd00:ec2::254]/latest/meta-data',
  'http://[fe80::1]/octo/repo',
  'http://10.0.0.1/octo/repo',
  'http://192.168.0.1/octo/repo',
  'http://metadata.google.internal/octo/repo',
  `https://localhost:${port}/octo/repo`,
  'https://github.com:444/octo/repo',
  'http://github.com/octo/repo',
  'https://github.com/other/repo',
  'https://github.com/octo/../other/repo',
  'https://github.com.evil.example/octo/repo',
  `https://github.com@127.0.0.1:${port}/octo/repo`,
  `http://user:word@127.0.0.1:${port}/octo/repo`,
  'https://github.com/octo/repo?service=x',
  'https://github.com/octo/repo#x',
  'https://github.com/octo/%2e%2e/repo',
  'https://github.com\\@127.0.0.1/octo/repo',
  `http://127.0.0.1:${port}\r\n/octo/repo`,
]

const NO_ADDRESS = [
  'file:///etc/passwd',
  '/etc/passwd',
  '../..',
  'ext::sh -c id',
  'ext::id',
  'fd::17',
  `ssh://127.0.0.1:${port}/octo/repo`,
  `git@127.0.0.1:octo/repo`,
  `git://127.0.0.1:${port}/octo/repo`,
  `ftp://127.0.0.1:${port}/octo/repo`,
  `gopher://127.0.0.1:${port}/octo/repo`,
  '--upload-pack=touch x',
  '-oProxyCommand=id',
  'data:,x',
  'javascript:1',
  '\u0000',
]

describe('the address of a repository that a caller sends', () => {
  for (const url of [...LOOPBACK, ...ELSEWHERE, ...NO_ADDRESS])
    it(`is refused where it is ${JSON.stringify(url.replace(String(port), 'PORT'))}`, async () => {
      const { status, code } = await refusalOf(url)
      assert.equal(code, 'repository-refused')
      assert.equal(status, 403)
    })

  it('is refused where it is allowed by its name and leads into this machine', async () => {
    const { code, detail } = await refusalOf(at('localhost'))
    assert.equal(code, 'repository-refused')
    assert.match(detail, /private network/)
  })

  for (const commit of ['--upload-pack=id', '-c', 'a..b', 'HEAD@{1}', 'a b', ':/x', 'refs/../../x', '\u0000'])
    it(`is refused with the commit ${JSON.stringify(commit)}`, async () => {
      const { status } = await refusalOf(at('localhost'), commit)
      assert.ok([400, 403, 404].includes(status), String(status))
    })

  it('had nobody connected to, whatever was asked', () => assert.equal(visitors, 0))
})
