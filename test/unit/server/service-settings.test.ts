import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import { KnownError } from '../../../src/errors.ts'
import { SERVICE_DEFAULTS } from '../../../src/server/settings/service-defaults.ts'
import {
  defaultServiceSettings,
  parseServiceSettings,
  readServiceSettings,
} from '../../../src/server/settings/service-settings.ts'
import { failsWith } from '../../fixtures/known-failure.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const parse = (text: string) => parseServiceSettings(text, 'service.json', '/srv')

/** What is told of a text, a line each. */
function problems(text: string): readonly string[] {
  try {
    parse(text)
  } catch (error) {
    assert.ok(error instanceof KnownError && error.code === 'service-malformed', String(error))
    return error.problems.map(
      ({ line, column, pointer, found, fix }) => `${line}:${column} ${pointer} ${found} → ${fix}`,
    )
  }
  return []
}

describe('the settings of the service', () => {
  it('are safe where nothing is said', () => {
    const settings = parse('{"schema": "service/1"}')
    assert.deepEqual(settings, defaultServiceSettings('/srv'))
    assert.deepEqual([settings.host, settings.trustProxy, settings.keysRequired], ['127.0.0.1', false, null])
    assert.deepEqual(settings.repositories.allowed, [])
    assert.deepEqual([settings.runs.tasks, settings.runs.budget], [[], null])
    assert.equal(settings.log.issueText, false)
  })

  it('keep each default beside what is said', () => {
    const settings = parse('{"schema": "service/1", "limits": {"connections": 5}, "log": {"level": "debug"}}')
    assert.deepEqual(settings.limits, { ...SERVICE_DEFAULTS.limits, connections: 5 })
    assert.deepEqual(settings.log, { level: 'debug', issueText: false })
  })

  it('have paths from where the file lies', () => {
    const { repositories, runs } = parse(`{
      "schema": "service/1", // with a comment
      "repositories": {"registered": {"a/b": "git/b.git", "c": "/c"}},
      "runs": {"tasks": ["tasks"], "agents": ["../a.yaml"], "budget": {"usd": 1},},
    }`)
    assert.deepEqual(repositories.registered, { 'a/b': '/srv/git/b.git', c: '/c' })
    assert.deepEqual([runs.tasks, runs.agents], [['/srv/tasks'], ['/a.yaml']])
  })

  it('are told of by line, with what to write instead', () => {
    assert.deepEqual(
      problems(`{
  "schema": "service/1",
  "hst": "0.0.0.0",
  "port": 70000,
  "trustProxy": ["10.0.0.0/8", "0.0.0.0/0", "everywhere"],
  "log": {"level": "loud", "issuetext": true},
  "repositories": {"allowed": [{"url": "git@github.com:octo/x.git"}]}
}`),
      [
        '3:3 /hst there is no "hst" here → did you mean "host"?',
        '4:11 /port 70000 → give a whole number of the port from 0 to 65535',
        '5:32 /trustProxy/1 "0.0.0.0/0" → give an address, or a network such as "10.0.0.0/8"',
        '5:45 /trustProxy/2 "everywhere" → give an address, or a network such as "10.0.0.0/8"',
        '6:20 /log/level "loud" → give "debug", "info", "warn", "error" or "silent"',
        '6:28 /log/issuetext there is no "issuetext" here → did you mean "issueText"?',
        '7:40 /repositories/allowed/0/url "git@github.com:octo/x.git" → give an address such as "https://github.com/octo/*"',
      ],
    )
  })

  it('are JSON, with each key once', () => {
    assert.match(problems('{"schema": "service/1",, }')[0] ?? '', /^1:24 /)
    assert.deepEqual(problems('{"schema": "service/1", "port": 1, "port": 2}'), [
      '1:36 /port "port" is there twice → keep one of the two',
    ])
    assert.deepEqual(problems('{}'), ['1:1 /schema schema is missing → give "service/1"'])
    assert.equal(problems('[]').length, 1)
  })

  it('leave no service open to others without keys', () => {
    for (const more of ['"host": "0.0.0.0"', '"host": "::"', '"trustProxy": 1'])
      assert.equal(problems(`{"schema": "service/1", "keysRequired": false, ${more}}`).length, 1, more)
    assert.deepEqual(problems('{"schema": "service/1", "keysRequired": false, "host": "::1"}'), [])
  })

  it('let nobody start runs without a limit', () => {
    const runs = (budget: string) =>
      `{"schema": "service/1", "runs": {"tasks": ["t"], "agents": ["a"]${budget}}}`
    assert.match(problems(runs(''))[0] ?? '', /runs without a budget → give one/)
    assert.equal(problems(runs(', "budget": {}')).length, 1)
    assert.deepEqual(problems(runs(', "budget": {"usd": 0.5}')), [])
  })

  it('let no repository be larger than the room for all', () => {
    const cache = '{"schema": "service/1", "repositories": {"cache": {"mostBytes": 2048}}}'
    assert.match(problems(cache)[0] ?? '', /mostBytesEach of 2147483648, above mostBytes of 2048/)
  })

  it('hold no address that the service would not fetch', () => {
    const told = (url: string) =>
      problems(`{"schema": "service/1", "repositories": {"allowed": [{"url": "${url}"}]}}`)
    assert.deepEqual(told('https://github.com/octo/*'), [])
    assert.match(
      told('https://*.example/octo')[0] ?? '',
      /^1:62 \/repositories\/allowed\/0\/url .* → write it like/,
    )
    assert.equal(told('https://github.com').length, 1)
  })

  it('hold no address with a credential', () => {
    const url = 'https://user:secret@github.com/octo/*'
    assert.equal(
      problems(`{"schema": "service/1", "repositories": {"allowed": [{"url": "${url}"}]}}`).length,
      1,
    )
  })

  it('are said to be missing where they are', async () => {
    await assert.rejects(readServiceSettings('no.json', '/'), failsWith('file-not-found', /^no\.json$/))
  })

  it('of the example can be used, and what it names is there', async () => {
    const settings = await readServiceSettings('data/examples/service.json', ROOT)
    assert.deepEqual(settings.repositories.registered, { 'example/tables': ROOT })
    for (const path of [...settings.runs.tasks, ...settings.runs.agents]) assert.ok(existsSync(path), path)
    assert.match(readFileSync(resolve(ROOT, 'data/examples/service.json'), 'utf8'), /^\/\/ /)
  })
})
