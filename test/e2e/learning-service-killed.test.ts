import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { readBundle } from '../../src/forecast/read-bundle.ts'
import { seededRandom } from '../../src/regress/random.ts'
import { ROOT } from '../fixtures/built-cli.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const KILLS = 5
/** A training takes ten times as long. */
const WITHIN_MS = 3000
const folder = temporaryFolder()
const place = { own: join(folder, '.foretoken/models'), behind: join(ROOT, 'models') }
const settings = join(folder, 'service.json')
writeFileSync(
  settings,
  JSON.stringify({ schema: 'service/1', port: 0, threads: 1, learning: { automatic: false } }),
)

interface Started {
  readonly child: ChildProcess
  readonly url: string
}

async function start(): Promise<Started> {
  const args = [join(ROOT, 'dist/cli/main.js'), 'serve', '--service', settings]
  const env = { PATH: process.env.PATH, HOME: folder }
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  for await (const chunk of child.stderr ?? []) {
    said += String(chunk)
    const url = /Foretoken answers at (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1]
    if (url !== undefined) return { child, url }
  }
  throw new Error(`the service ended: ${said}`)
}

async function post(url: string, path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(new URL(path, url), { method: 'POST', headers, body: JSON.stringify(body) })
}

/** What a process has started, by the system's own count. */
const childrenOf = (pid: number): readonly number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    (readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').match(/\d+/g) ?? []).map(Number),
  )

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** Waits for what no event tells of: the processes are not this one's. */
async function eventually<Value>(look: () => Value | null): Promise<Value> {
  for (let waited = 0; waited < 60_000; waited += 50) {
    const found = look()
    if (found !== null) return found
    await delay(50)
  }
  assert.fail(`never: ${look}`)
}

it(`a service that is killed ${KILLS} times while it trains goes on with the old bundle, leaves no training behind, and can train again`, {
  skip: process.platform !== 'linux',
}, async () => {
  const random = seededRandom(21)
  for (let kill = 0; kill < KILLS; kill++) {
    const { child, url } = await start()
    const pid = child.pid ?? 0
    const taken = await post(url, '/v1/trainings', { id: `own-${kill}`, force: true })
    assert.equal(taken.status, 202)
    const path = taken.headers.get('location') ?? ''
    const training = await eventually(() => childrenOf(pid)[0] ?? null)
    await delay(random.uniform() * WITHIN_MS)
    assert.ok(isThere(training))
    child.kill('SIGKILL')
    await once(child, 'close')
    await eventually(() => (isThere(training) ? null : true))
    assert.equal((await readBundle(place, null)).id, 'verified-1')
    const again = await start()
    const job = (await (await fetch(new URL(path, again.url))).json()) as { state: string }
    assert.equal(job.state, 'interrupted')
    const answer = await post(again.url, '/v1/estimates', { issue: { title: 'Rows are lost' } })
    assert.match(await answer.text(), /"bundle":"verified-1"/)
    again.child.kill('SIGTERM')
    await once(again.child, 'close')
  }
})
