import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseRepositoryUrl } from '../../../../src/server/repositories/repository-url.ts'
import { parseUrlPattern } from '../../../../src/server/repositories/url-pattern.ts'

const matches = (pattern: string, url: string): boolean =>
  parseUrlPattern({ url: pattern }).matches(parseRepositoryUrl(url))

const OCTO = 'https://github.com/octo/*'

describe('a pattern of addresses', () => {
  const ALLOWED: readonly (readonly [pattern: string, url: string])[] = [
    [OCTO, 'https://github.com/octo/repo'],
    [OCTO, 'https://github.com/octo/repo.git'],
    [OCTO, 'https://GITHUB.com:443/octo/repo/'],
    [OCTO, 'https://github.com/octo/group/repo'],
    ['https://github.com/octo/repo', 'https://github.com/octo/repo.git'],
    ['https://github.com/octo/repo.git', 'https://github.com/octo/repo'],
    ['https://github.com/*', 'https://github.com/octo/repo'],
    ['https://github.com/octo/api-*', 'https://github.com/octo/api-x'],
    ['https://h.example/*/team-*/end', 'https://h.example/a/b/team-1/x/end'],
    ['https://h.example/*a*a', 'https://h.example/aaaa'],
    ['https://h.example:8443/*', 'https://h.example:8443/a'],
    ['http://h.example/*', 'http://h.example/a'],
    ['https://[2606:4700::1]/*', 'https://[2606:4700:0::1]/a'],
  ]
  for (const [pattern, url] of ALLOWED)
    it(`${pattern} allows ${url}`, () => assert.equal(matches(pattern, url), true))

  const NOT: readonly (readonly [pattern: string, url: string])[] = [
    [OCTO, 'https://github.com/octo'],
    [OCTO, 'https://github.com/octopus/repo'],
    [OCTO, 'https://github.com/Octo/repo'],
    [OCTO, 'https://github.com/octo/../evil/repo'],
    [OCTO, 'https://github.com/evil/octo/repo'],
    [OCTO, 'https://github.com.evil.example/octo/repo'],
    [OCTO, 'https://evil.example/github.com/octo/repo'],
    [OCTO, 'https://www.github.com/octo/repo'],
    [OCTO, 'http://github.com/octo/repo'],
    [OCTO, 'https://github.com:8443/octo/repo'],
    [OCTO, 'https://github.com:80/octo/repo'],
    ['https://h.example:8443/*', 'https://h.example/a'],
    ['https://h.example/octo/repo', 'https://h.example/octo/repo/more'],
    ['https://h.example/a*a', 'https://h.example/aa'],
    ['https://h.example/*/x', 'https://h.example/x'],
    ['https://h.example/a.c', 'https://h.example/abc'],
  ]
  for (const [pattern, url] of NOT)
    it(`${pattern} does not allow ${url}`, () => assert.equal(matches(pattern, url), false))

  const MALFORMED = [
    'github.com/octo/*',
    'https://github.com',
    'https://*/octo/repo',
    'https://*.example.com/*',
    'https://h.example/**',
    'https://me@h.example/*',
    'https://h.example./*',
    'https://h.example/*?x',
    'ssh://h.example/*',
    '/srv/*',
    '*',
    '',
  ]
  for (const pattern of MALFORMED)
    it(`is none: ${JSON.stringify(pattern)}`, () =>
      assert.throws(() => parseUrlPattern({ url: pattern }), { code: 'service-malformed' }))
})
