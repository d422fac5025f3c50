import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { OutputClosed } from '../../../src/app.ts'
import { COMMANDS } from '../../../src/cli/commands.ts'
import { cli } from './fake-app.ts'

describe('the command line', () => {
  it('shows every command in its overview', async () => {
    for (const args of [['--help'], ['-h'], ['help']]) {
      const { exit, stdout, stderr } = await cli(args)
      assert.deepEqual([exit, stderr], [0, ''])
      for (const { name, summary } of COMMANDS)
        assert.match(stdout, new RegExp(`^ {2}${name} +${summary}$`, 'm'))
    }
  })

  it('shows the overview as a complaint when no command is given', async () => {
    const { exit, stdout, stderr } = await cli([])
    assert.deepEqual([exit, stdout], [2, ''])
    assert.match(stderr, /^Usage: foretoken <command>/m)
  })

  it('says the version of the package and nothing else', async () => {
    const manifest = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
    const { version } = JSON.parse(manifest) as { version: string }
    for (const flag of ['--version', '-V']) {
      assert.deepEqual(await cli([flag]), { exit: 0, stdout: `${version}\n`, stderr: '' })
    }
  })

  it('shows the help of each command, the same in both ways of asking', async () => {
    for (const { name, summary } of COMMANDS) {
      const { exit, stdout } = await cli([name, '--help'])
      assert.equal(exit, 0)
      assert.ok(stdout.startsWith(`Usage: foretoken ${name} `))
      assert.ok(stdout.replace(/\s+/g, ' ').includes(summary))
      assert.deepEqual(await cli(['help', name]), { exit, stdout, stderr: '' })
    }
  })

  it('knows no other command or option and suggests the nearest', async () => {
    assert.deepEqual(await cli(['docter']), {
      exit: 2,
      stdout: '',
      stderr:
        'error: Wrong use of the command: there is no command "docter"\n→ did you mean `foretoken doctor`?\n',
    })
    assert.match((await cli(['xyzzy'])).stderr, /no command "xyzzy"\n→ see `foretoken --help`\n$/)
    assert.match((await cli(['--versoin'])).stderr, /no option "--versoin"/)
    assert.match(
      (await cli(['doctor', '--formatt', 'json'])).stderr,
      /'--formatt'\n→ did you mean --format\?\n$/,
    )
    assert.match((await cli(['doctor', '--zzz'])).stderr, /'--zzz'\n→ see `foretoken doctor --help`\n$/)
    assert.match((await cli(['doctor', 'extra'])).stderr, /too many arguments/)
    assert.match((await cli(['doctor', '--db'])).stderr, /argument missing/)
  })

  it('fails with one JSON document when JSON was asked for, however it was', async () => {
    const asked: readonly (readonly [string[], Record<string, string>])[] = [
      [['doctor', '--no-such', '--format', 'json'], {}],
      [['doctor', '--no-such', '--format=json'], {}],
      [['doctor', '--no-such'], { FORETOKEN_FORMAT: 'json' }],
    ]
    for (const [args, env] of asked) {
      const { exit, stdout, stderr } = await cli(args, { env })
      assert.deepEqual([exit, stderr], [2, ''])
      assert.deepEqual(JSON.parse(stdout), {
        schema: 'error/1',
        error: {
          code: 'usage',
          title: 'Wrong use of the command',
          detail: "unknown option '--no-such'",
          fix: 'see `foretoken doctor --help`',
          exit: 2,
        },
      })
    }
  })

  it('refuses a form of answer that the command does not know, wherever it was set', async () => {
    assert.match((await cli(['doctor', '--format', 'html'])).stderr, /Allowed choices are text, json/)
    const { exit, stderr } = await cli(['doctor'], { env: { FORETOKEN_FORMAT: 'html' } })
    assert.equal(exit, 2)
    assert.match(stderr, /format "html" \(from FORETOKEN_FORMAT\)\n→ this command knows text, json/)
  })

  it('shows control characters of its arguments instead of obeying them', async () => {
    const { stderr } = await cli(['doctor', '--\u001b[31mred\u202e'])
    assert.match(stderr, /--\\u001b\[31mred\\u202e/)
  })

  it('colours failures on a terminal only, and not with NO_COLOR', async () => {
    const escapes = async (env: Record<string, string>, stderrIsTty: boolean) =>
      (await cli(['nope'], { env, stderrIsTty })).stderr.includes('\u001b[')
    assert.equal(await escapes({}, true), true)
    assert.equal(await escapes({}, false), false)
    assert.equal(await escapes({ NO_COLOR: '1' }, true), false)
    assert.equal(await escapes({ TERM: 'dumb' }, true), false)
  })

  it('ends with 130 when it was interrupted, and says so in JSON too', async () => {
    const signal = AbortSignal.abort()
    assert.match((await cli(['doctor'], { signal })).stderr, /^error: Interrupted/)
    const { exit, stdout } = await cli(['doctor', '--format', 'json'], { signal })
    assert.equal(exit, 130)
    assert.equal(JSON.parse(stdout).error.code, 'interrupted')
  })

  it('ends quietly when nobody reads its answer any more', async () => {
    const signal = AbortSignal.abort(new OutputClosed('closed'))
    assert.deepEqual(await cli(['doctor'], { signal }), { exit: 0, stdout: '', stderr: '' })
  })

  it('ends with 70 and asks for a report when it is at fault', async () => {
    const now = () => {
      throw new TypeError('no clock')
    }
    const { exit, stdout, stderr } = await cli(['doctor'], { now })
    assert.deepEqual([exit, stdout], [70, ''])
    assert.match(stderr, /^error: This is a bug in foretoken \S+: TypeError: no clock\n→ report it/)
    assert.match(stderr, /\n +at /)
    assert.equal(JSON.parse((await cli(['doctor', '--format', 'json'], { now })).stdout).error.code, 'bug')
  })
})
