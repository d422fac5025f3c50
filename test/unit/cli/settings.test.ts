import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { githubAccess } from '../../../src/cli/github-access.ts'
import { readSettings, SETTINGS, type SettingName } from '../../../src/settings.ts'
import { cli } from './fake-app.ts'

describe('a setting', () => {
  let cwd = ''
  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'settings-'))
    await writeFile(
      join(cwd, 'foretoken.json'),
      JSON.stringify({ $schema: 'x', db: 'file.db', agent: 'openhands' }),
    )
  })
  after(() => rm(cwd, { recursive: true }))

  it('is that of the flag, then the variable, then the file, then the default', async () => {
    const env = { FORETOKEN_DB: 'variable.db', FORETOKEN_CACHE: 'variable' }
    const settings = await readSettings({ env, cwd }, { db: 'flag.db' })
    assert.deepEqual(settings.db, { value: 'flag.db', origin: 'flag' })
    assert.deepEqual(settings.cache, { value: 'variable', origin: 'environment' })
    assert.deepEqual(settings.agent, { value: 'openhands', origin: 'file' })
    assert.deepEqual(settings.format, { value: 'text', origin: 'default' })
    assert.deepEqual((await readSettings({ env, cwd }, {})).db, {
      value: 'variable.db',
      origin: 'environment',
    })
    assert.deepEqual((await readSettings({ env: {}, cwd }, {})).db, { value: 'file.db', origin: 'file' })
  })

  it('is not set by an empty variable', async () => {
    const { db } = await readSettings({ env: { FORETOKEN_DB: '' }, cwd }, {})
    assert.equal(db.origin, 'file')
  })

  it('is refused by the name of the flag, the variable or the file, with its value', async () => {
    const refused = (env: Record<string, string>, flags: Record<string, unknown>, detail: string) =>
      assert.rejects(readSettings({ env, cwd }, flags), { code: 'bad-setting', exit: 2, detail })
    await refused(
      { FORETOKEN_GITHUB_API: 'ftp://x' },
      {},
      'FORETOKEN_GITHUB_API is "ftp://x": expected an http or https URL',
    )
    await refused({}, { githubApi: 'nowhere' }, '--github-api is "nowhere": expected an http or https URL')
    await refused(
      {},
      { githubApi: 'https://a:b@c' },
      '--github-api is "https://a:b@c": expected a URL without credentials',
    )
    await refused({}, { db: '' }, '--db is "": expected a text that is not empty')
  })

  it('has a variable that is named after it', () => {
    for (const name of Object.keys(SETTINGS) as SettingName[]) {
      const words = name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
      assert.equal(SETTINGS[name].variable, `FORETOKEN_${words}`)
      assert.ok(SETTINGS[name].flag.startsWith(`--${words.toLowerCase().replaceAll('_', '-')} `))
    }
  })

  it('is shown by doctor with where it came from', async () => {
    const { exit, stdout } = await cli(['doctor', '--settings', '--format', 'json', '--prices', 'own.json'], {
      cwd,
    })
    assert.equal(exit, 0)
    const { schema, settings } = JSON.parse(stdout)
    assert.equal(schema, 'settings/1')
    assert.deepEqual(settings.slice(0, 2), [
      { name: 'db', value: 'file.db', origin: 'file' },
      { name: 'prices', value: 'own.json', origin: 'flag' },
    ])
    const text = await cli(['doctor', '--settings'], { cwd, env: { FORETOKEN_AGENT: 'codex' } })
    assert.match(text.stdout, /^db +file\.db +foretoken\.json$/m)
    assert.match(text.stdout, /^agent +codex +FORETOKEN_AGENT$/m)
    assert.match(text.stdout, /^bundle +\(not set\) +default$/m)
  })
})

describe('the settings file', () => {
  let cwd = ''
  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'settings-file-'))
  })
  after(() => rm(cwd, { recursive: true }))
  const refused = async (text: string, detail: RegExp) => {
    await writeFile(join(cwd, 'foretoken.json'), text)
    const { exit, stderr } = await cli(['doctor'], { cwd })
    assert.equal(exit, 2)
    assert.match(stderr, detail)
  }

  it('is refused by line and column, or by JSON pointer', async () => {
    await refused('{"db": }', /foretoken\.json, line 1, column 8: unexpected "}"/)
    await refused('{"db": 3}', /foretoken\.json: \/db: /)
    await refused('{"datbase": "x"}', /foretoken\.json: the whole document: Unrecognized key: "datbase"/)
    await refused('[]', /foretoken\.json: the whole document: /)
    await refused('{"format": "xml"}', /foretoken\.json: \/format: /)
  })

  it('never sends the token to an API that it chose itself', async () => {
    await writeFile(join(cwd, 'foretoken.json'), '{"githubApi": "https://elsewhere.example"}')
    const env = { GITHUB_TOKEN: 'secret' }
    const token = async (env: Record<string, string>) =>
      githubAccess({ ...world, env }, await readSettings({ env, cwd }, {})).token
    const world = { signal: new AbortController().signal } as Parameters<typeof githubAccess>[0]
    assert.equal(await token(env), undefined)
    assert.equal(await token({ ...env, FORETOKEN_GITHUB_API: 'https://git.example.com/api/v3' }), 'secret')
  })
})
