import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { seededRandom } from '../../src/regress/random.ts'
import { ROOT } from '../fixtures/built-cli.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const KILLS = 12
const CLIENTS = 8
const folder = temporaryFolder()
const settings = join(folder, 'service.json')
const TASKS = join(ROOT, 'data/tasks')
writeFileSync(
  settings,
  JSON.stringify({
    ...{ schema: 'service/1', port: 0, threads: 1, log: { level: 'warn' } },
    runs: { tasks: [TASKS], budget: { usd: 1 }, replay: join(TASKS, 'replay.jsonl') },
  }),
)

interface Started {
  readonly child: ChildProcess
  readonly url: string
}

async function start(): Promise<Started> {
  const args = [
    join(ROOT, 'dist/cli/main.js'),
    'serve',
    '--service',
    settings,
    '--db',
    join(folder, 'foretoken.db'),
  ]
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  for await (const chunk of child.stderr ?? []) {
    said += String(chunk)
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
    if (url !== undefined) return { child, url }
  }
  throw new Error(`the service ended: ${said}`)
}

interface Acknowledged {
  readonly key: string
  readonly kind: 'estimate' | 'run'
  readonly body: string
  readonly answer: string
}

/** What was answered before the service was killed, and what it was asked with. */
async function client(url: string, name: string, acknowledged: Acknowledged[]): Promise<void> {
  for (let i = 0; ; i++) {
    const key = `${name}-${i}`
    const kind = i % 10 === 9 ? 'run' : 'estimate'
    const body =
      kind === 'run' ? runLine(key) : JSON.stringify({ id: key, issue: { title: `Lost rows ${key}` } })
    try {
      const response = await send(url, { kind, key, body })
      const answer = await response.text()
      assert.ok(response.ok, answer)
      acknowledged.push({ key, kind, body, answer })
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error
      return // it was killed
    }
  }
}

const runLine = (key: string): string =>
  JSON.stringify({
    schema: 'run/1',
    id: key,
    task: { id: key },
    agent: 'openhands',
    model: 'gpt-5',
    usage: { input: 1000, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 50, reasoning: null },
  })

const send = (url: string, { kind, key, body }: Omit<Acknowledged, 'answer'>): Promise<Response> =>
  fetch(`${url}/v1/${kind === 'run' ? 'trajectories?name=run.jsonl' : 'estimates'}`, {
    method: 'POST',
    headers: {
      'idempotency-key': key,
      'content-type': kind === 'run' ? 'application/x-ndjson' : 'application/json',
    },
    body,
  })

it('A service that is killed under load keeps all that it acknowledged, and answers it again in the same way', async () => {
  const random = seededRandom(8)
  const all: Acknowledged[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    const { child, url } = await start()
    const acknowledged: Acknowledged[] = []
    const clients = Array.from({ length: CLIENTS }, (_, i) => client(url, `${kill}-${i}`, acknowledged))
    await setTimeout(400 + 1200 * random.uniform())
    child.kill('SIGKILL')
    await Promise.all([once(child, 'close'), ...clients])
    all.push(...acknowledged)
  }
  assert.ok(all.length > 20 * KILLS, `${all.length} were acknowledged`)
  assert.ok(all.some(({ kind }) => kind === 'run'))
  const { child, url } = await start()
  try {
    for (const asked of all) {
      const again = await send(url, asked)
      assert.equal(await again.text(), asked.answer)
      assert.equal(again.headers.get('idempotent-replayed'), 'true')
      if (asked.kind === 'estimate') {
        const { id } = JSON.parse(asked.answer) as { readonly id: string }
        assert.equal(await (await fetch(`${url}/v1/estimates/${id}`)).text(), asked.answer)
      } else {
        const found = await fetch(`${url}/v1/runs?task=${asked.key}`)
        const { runs } = (await found.json()) as { readonly runs: readonly unknown[] }
        assert.equal(runs.length, 1, asked.key)
      }
    }
  } finally {
    child.kill('SIGTERM')
    await once(child, 'close')
  }
})

const REPEATS = 8

it('A run goes on where it was when the service that made it was killed, and each repeat is there once', async () => {
  const first = await start()
  const asked = { task: 'fair-split', model: 'gpt-5', repeats: REPEATS }
  const started = await fetch(`${first.url}/v1/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(asked),
  })
  const { id } = (await started.json()) as { readonly id: string }
  const before = await eventsUntil(first.url, id, { after: 0, last: 'ended' })
  first.child.kill('SIGKILL')
  await once(first.child, 'close')
  const second = await start()
  try {
    const seen = before.filter(({ place }) => place > 0).at(-1)?.place ?? 0
    const rest = await eventsUntil(second.url, id, { after: seen, last: 'end' })
    assert.ok(rest.every(({ place, name }) => place > seen || name === 'spend' || name === 'end'))
    const job = (await (await fetch(`${second.url}/v1/runs/${id}`)).json()) as {
      readonly state: string
      readonly answer: {
        readonly outcomes: Readonly<Record<string, number>>
        readonly results: readonly object[]
      }
    }
    assert.equal(job.state, 'done')
    assert.equal(job.answer.outcomes.resolved, REPEATS)
    assert.equal(job.answer.results.length, REPEATS)
  } finally {
    second.child.kill('SIGTERM')
    await once(second.child, 'close')
  }
})

interface Heard {
  readonly name: string
  /** 0 = it has no id. */
  readonly place: number
}

/** What is told of a run up to an event. */
async function eventsUntil(
  url: string,
  id: string,
  { after, last }: { readonly after: number; readonly last: string },
): Promise<readonly Heard[]> {
  const headers = after === 0 ? {} : { 'last-event-id': String(after) }
  const response = await fetch(`${url}/v1/runs/${id}/events`, { headers })
  const heard: Heard[] = []
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString('utf8')
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) {
      const name = /^event: (.*)$/m.exec(event)?.[1]
      if (name !== undefined) heard.push({ name, place: Number(/^id: (\d+)$/m.exec(event)?.[1] ?? 0) })
      if (name === last) return heard
    }
  }
  return heard
}
