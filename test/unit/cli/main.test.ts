import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url))
const start = (args: readonly string[], flags: readonly string[] = []) =>
  spawn(process.execPath, [...flags, MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })

/** Makes a process name every module it loads on standard error. */
const TRACE = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  registerHooks({ load: (url, context, next) => (process.stderr.write(url + '\\n'), next(url, context)) })
`)}`

describe('the program', () => {
  it('writes its answer to standard output and ends with the exit code of the command', async () => {
    const child = start(['doctor', '--no-such', '--format', 'json'])
    const [stdout, stderr, [exit]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ])
    assert.deepEqual([exit, JSON.parse(stdout).error.code, stderr], [2, 'usage', ''])
  })

  it('ends quietly when the reader of its answer goes away', async () => {
    const child = start(['--help'])
    child.stdout.destroy()
    const [stderr, [exit]] = await Promise.all([text(child.stderr), once(child, 'close')])
    assert.deepEqual([exit, stderr], [0, ''])
  })

  it('loads no package for its overview and version, which keeps them near the start of Node itself', async () => {
    for (const flag of ['--help', '--version']) {
      const child = start([flag], ['--import', TRACE])
      const [loaded] = await Promise.all([text(child.stderr), text(child.stdout)])
      assert.match(loaded, /cli\/run\.ts/)
      assert.doesNotMatch(loaded, /node_modules/)
    }
  })
})
