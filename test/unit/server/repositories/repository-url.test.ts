import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KnownError } from '../../../../src/errors.ts'
import { nameOfUrl, parseRepositoryUrl } from '../../../../src/server/repositories/repository-url.ts'

/** What is wrong with an address; null = nothing. */
function wrongWith(text: string): string | null {
  try {
    parseRepositoryUrl(text)
    return null
  } catch (error) {
    assert.ok(error instanceof KnownError && error.code === 'repository-refused', String(error))
    assert.equal(error.status, 403)
    return error.detail.slice(error.detail.lastIndexOf(': ') + 2)
  }
}

describe('the address of a repository', () => {
  it('is brought into one spelling', () => {
    const url = parseRepositoryUrl('HTTPS://GitHub.COM:443/octo/Service.git/')
    assert.deepEqual(url, {
      href: 'https://github.com/octo/Service.git',
      protocol: 'https',
      host: 'github.com',
      port: 443,
      path: '/octo/Service',
    })
    assert.equal(parseRepositoryUrl('http://git.example.com:8080/a/b').port, 8080)
    assert.equal(parseRepositoryUrl('https://h.example/a/../b/c').path, '/b/c')
  })

  const SPELLINGS = [
    ['127.0.0.1', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['0x7f000001', '127.0.0.1'],
    ['0x7f.1', '127.0.0.1'],
    ['0177.0.0.1', '127.0.0.1'],
    ['017700000001', '127.0.0.1'],
    ['127.1', '127.0.0.1'],
    ['1２7.0.0.1', '127.0.0.1'],
    ['0', '0.0.0.0'],
    ['[::1]', '::1'],
    ['[0:0:0:0:0:0:0:1]', '::1'],
    ['[::ffff:127.0.0.1]', '::ffff:7f00:1'],
    ['%6c%6fcalhost', 'localhost'],
  ] as const
  for (const [spelt, host] of SPELLINGS)
    it(`has the host ${host} where it says ${spelt}`, () =>
      assert.equal(parseRepositoryUrl(`https://${spelt}/octo/repo`).host, host))

  const REFUSED: readonly (readonly [url: string, why: RegExp])[] = [
    ['/srv/git/repo.git', /begin with https/],
    ['../repo', /begin with https/],
    ['file:///etc', /begin with https/],
    ['ext::sh -c id', /spaces/],
    ['ext::id', /begin with https/],
    ['ssh://git@github.com/octo/repo', /begin with https/],
    ['git@github.com:octo/repo', /begin with https/],
    ['git://github.com/octo/repo', /begin with https/],
    ['ftp://github.com/octo/repo', /begin with https/],
    ['--upload-pack=id', /begin with https/],
    ['-c', /begin with https/],
    ['', /begin with https/],
    ['https:///octo/repo', /begin with https/],
    ['https:/github.com/octo', /begin with https/],
    ['https://', /begin with https/],
    ['https://[::1', /not a URL/],
    ['https://256.256.256.256/a/b', /not a URL/],
    ['https://h:99999/a', /not a URL/],
    ['https://me@github.com/octo/repo', /user name/],
    ['https://me:secret@github.com/octo/repo', /user name/],
    ['https://@github.com/octo/repo', /user name/],
    ['https://:@github.com/octo/repo', /user name/],
    ['https://github.com/octo/repo#x', /fragment/],
    ['https://github.com/octo/repo#', /fragment/],
    ['https://github.com/octo/repo?x=1', /fragment/],
    ['https://github.com/octo/repo?', /fragment/],
    ['https://github.com./octo/repo', /dot/],
    ['https://github.com/octo/re po', /spaces/],
    ['https://github.com/octo/repo\n', /spaces/],
    ['https://git\thub.com/octo/repo', /spaces/],
    ['https://github.com\\@evil.example/octo', /backslashes/],
    ['https://github.com/octo/\u0000', /spaces/],
    ['https://github.com/octo/%2e%2e%2fother', /path/],
    ['https://github.com/octo//repo', /path/],
    ['https://github.com/octo/$(id)', /path/],
    ['https://github.com/', /path/],
    ['https://github.com', /path/],
    [`https://github.com/${'a'.repeat(1000)}`, /characters/],
  ]
  for (const [url, why] of REFUSED)
    it(`is none: ${JSON.stringify(url.slice(0, 50))}`, () => assert.match(wrongWith(url) ?? 'nothing', why))

  it('is told without the password in it', () => {
    assert.throws(
      () => parseRepositoryUrl('https://me:secret@github.com/octo/repo'),
      (error) => error instanceof KnownError && !error.message.includes('secret'),
    )
  })

  it('names its repository where it has an owner and a name and nothing more', () => {
    const nameOf = (path: string) => nameOfUrl(parseRepositoryUrl(`https://h.example${path}`))
    assert.deepEqual(['/octo/repo.git', '/repo', '/a/b/c'].map(nameOf), ['octo/repo', null, null])
  })
})
