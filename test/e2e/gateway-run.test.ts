import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import type { RunBill } from '../../src/report/run-bill.ts'
import { callOf } from '../../src/usage/call.ts'
import { sumCalls } from '../../src/usage/sum-calls.ts'
import { builtCli } from '../fixtures/built-cli.ts'
import { nodeFirst, TASK } from '../fixtures/gateway/buggy-repository.ts'
import {
  CLAUDE_CODE,
  type Client,
  CODEX,
  lackingClients,
  MINI_SWE_AGENT,
  OPENAI_CHAT,
} from '../fixtures/gateway/clients.ts'
import {
  PROVIDER_KEYS,
  type RunByCli,
  runClientByCli,
  upstreamFlags,
} from '../fixtures/gateway/run-client-by-cli.ts'
import { mendScript, type Script } from '../fixtures/gateway/script.ts'
import { type ScriptedUpstream, scriptedUpstream } from '../fixtures/gateway/scripted-upstream.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const ISSUE = join(temporaryFolder(), 'issue.md')
writeFileSync(ISSUE, `# The total leaves the quantity out\n\n${TASK}\n`)

/** Model that a client asks for, and how many of its requests are the same on another day in another folder. */
const CLIENTS: readonly { readonly client: Client; readonly model: string; readonly strict: number }[] = [
  { client: OPENAI_CHAT, model: 'gpt-5', strict: 3 },
  { client: MINI_SWE_AGENT, model: 'gpt-5', strict: 3 },
  { client: CODEX, model: 'gpt-5', strict: 0 },
  { client: CLAUDE_CODE, model: 'claude-opus-5-5', strict: 0 },
]

/** It is never the same day in both. */
const [WEST, EAST] = ['Etc/GMT+12', 'Etc/GMT-14']

describe('foretoken run', { skip: lackingClients() ?? false, concurrency: 2 }, () => {
  for (const { client, model, strict } of CLIENTS) {
    describe(client.name, () => {
      const cassette = join(temporaryFolder(), 'run.jsonl')
      let run: RunByCli
      let upstream: ScriptedUpstream
      before(async () => {
        upstream = await scriptedUpstream({ script: mendScript })
        const asked = ['--task', ISSUE, '--model', model, '--record', cassette, '--format', 'json']
        run = await runClientByCli(client, { flags: [...upstreamFlags(upstream.url), ...asked], zone: WEST })
        await upstream.close()
      })

      it('lets it finish its task, and ends as it did', () => {
        assert.equal(run.exit, 0, run.stderr)
        assert.ok(run.mended, run.stderr)
      })

      it('bills exactly what the provider counts', () => {
        const { classes, total, requests } = sumCalls(
          upstream.served.map((usage) => callOf('provider', usage)),
        )
        const { schema, actual, models, outcome, exit } = billIn(run)
        assert.deepEqual([schema, outcome, exit], ['bill/1', null, 0])
        const { costUsd, costReason, ...counts } = actual
        assert.deepEqual(counts, { ...classes, total, calls: requests })
        assert.ok(Number(costUsd) > 0, costReason ?? '')
        assert.deepEqual(
          models.map(({ model }) => model),
          [model],
        )
      })

      it('tells the forecast beside it', () => {
        const { forecast, forecastReason } = billIn(run)
        assert.ok(forecast, forecastReason ?? '')
        assert.equal(forecast.model, model)
        assert.ok(forecast.totalTokens.p10 < forecast.totalTokens.p90)
      })

      it('keeps the run with its calls, uses of tools and exchanges', () => {
        const { calls, actions, exchanges, run: kept } = run.stored
        const { actual } = billIn(run)
        assert.deepEqual([kept.input, kept.output], [actual.input.amount, actual.output.amount])
        assert.equal(calls.length, upstream.served.length)
        assert.ok(actions.length >= 3)
        assert.deepEqual(new Set(exchanges.map(({ ending }) => ending)), new Set(['ok']))
        assert.equal(kept.reported_usd ?? null, null)
      })

      it('shows it no key of a provider, and writes none down', () => {
        const written = readFileSync(cassette, 'utf8')
        for (const text of [written, run.stdout, run.stderr, run.stored.bytes.toString('latin1')]) {
          for (const key of Object.values(PROVIDER_KEYS)) assert.ok(!text.includes(key))
          assert.doesNotMatch(text, /ftk_[\w-]{20}/)
        }
      })

      describe('replayed in another folder on another day, the provider gone', () => {
        let again: RunByCli
        let unasked: ScriptedUpstream
        before(async () => {
          unasked = await scriptedUpstream({ script: mendScript })
          const flags = [...upstreamFlags(unasked.url), '--replay', cassette, '--format', 'json']
          again = await runClientByCli(client, { flags, zone: EAST })
          await unasked.close()
        })

        it('finishes its task again', () => {
          assert.equal(again.exit, 0, again.stderr)
          assert.ok(again.mended, again.stderr)
          assert.deepEqual(unasked.received, [])
        })

        it('finds every reply without a guess', () => {
          const lenient = upstream.received.length - strict
          const none = { guess: 0, again: 0, missed: 0, left: 0 }
          assert.deepEqual(billIn(again).replayed, { strict, lenient, ...none })
        })

        it('bills the same, of which nothing was paid', () => {
          assert.deepEqual(billIn(again).actual, billIn(run).actual)
          const { run: kept, calls } = again.stored
          assert.deepEqual(
            calls.map(({ reported_usd }) => reported_usd),
            calls.map(() => '0.00'),
          )
          assert.equal(kept.reported_usd, '0.00')
        })
      })
    })
  }
})

/** The only document of its answer. */
const billIn = ({ stdout }: RunByCli): RunBill => JSON.parse(stdout)

/** Its test tells no times: what is asked is the same in every run. */
const steadyScript: Script = (ask) =>
  JSON.parse(
    JSON.stringify(mendScript(ask)).replaceAll('"node --test"', '"node --test >/dev/null && echo passed"'),
  )

/** Records a client, and gives the flags that replay it strictly. */
async function recorded(client: Client): Promise<readonly string[]> {
  const cassette = join(temporaryFolder(), 'run.jsonl')
  const upstream = await scriptedUpstream({ script: steadyScript })
  const run = await runClientByCli(client, { flags: [...upstreamFlags(upstream.url), '--record', cassette] })
  await upstream.close()
  assert.equal(run.exit, 0, run.stderr)
  return ['--replay', cassette, '--matching', 'strict']
}

describe('a strict replay', { skip: lackingClients() ?? false }, () => {
  it('answers a client that asks the same each time', async () => {
    const { exit, mended, stderr } = await runClientByCli(OPENAI_CHAT, { flags: await recorded(OPENAI_CHAT) })
    assert.equal(exit, 0, stderr)
    assert.ok(mended)
    assert.match(stderr, /^replay +5 replies, all to the same request$/m)
    assert.match(stderr, /^paid +\$0$/m)
  })

  it('says where a changed prompt first differs', async () => {
    const flags = await recorded(asks('Name a river.'))
    const { exit, stderr } = await runClientByCli(asks('Name a city.'), { flags })
    assert.equal(exit, 1)
    assert.match(
      stderr.replace(/\s+/g, ' '),
      /differs first at \/messages\/0\/content: recorded "Name a river\.", asked "Name a city\."/,
    )
  })

  it('gives a list of models as often as it is asked for', async () => {
    const { exit, stderr } = await runClientByCli(lists(3), { flags: await recorded(lists(1)) })
    assert.equal(exit, 0, stderr)
    assert.match(stderr, /^replay +3 replies, all to the same request; 2 of them played again$/m)
  })
})

/** A script of Node's that speaks to a provider. */
const script = (code: string, ...args: readonly string[]): Client => ({
  name: 'a script',
  mends: false,
  account: null,
  repeats: true,
  command: (home) => ({
    program: process.execPath,
    args: ['--input-type=module', '--eval', code, ...args],
    env: { HOME: home },
  }),
})

/** Asks one question; `env` tells the model what is in its environment. */
const asks = (question: string): Client => script(ASK, question)

const ASK = `
const { OPENAI_BASE_URL, OPENAI_API_KEY } = process.env
const [question] = process.argv.slice(1)
const content = question === 'env' ? JSON.stringify(process.env) : question
const reply = await fetch(OPENAI_BASE_URL + '/chat/completions', {
  method: 'POST',
  headers: { authorization: 'Bearer ' + OPENAI_API_KEY, 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'gpt-5', messages: [{ role: 'user', content }] }),
})
process.exitCode = reply.ok ? 0 : 1
`

const lists = (times: number): Client => script(LIST, String(times))

const LIST = `
const { OPENAI_BASE_URL, OPENAI_API_KEY } = process.env
for (let left = Number(process.argv[1]); left > 0; left--) {
  const reply = await fetch(OPENAI_BASE_URL + '/models', { headers: { authorization: 'Bearer ' + OPENAI_API_KEY } })
  const { data } = await reply.json()
  if (!Array.isArray(data)) process.exitCode = 1
}
`

describe('the environment of a command', () => {
  it('holds the key of its run, which is not written down, and none of a provider', async () => {
    const upstream = await scriptedUpstream({ script: mendScript })
    const cassette = join(temporaryFolder(), 'run.jsonl')
    const flags = [...upstreamFlags(upstream.url), '--record', cassette]
    const { exit, stderr } = await runClientByCli(asks('env'), { flags })
    await upstream.close()
    assert.equal(exit, 0, stderr)
    const [{ body, headers } = { body: '', headers: {} }] = upstream.received
    const env: Record<string, string> = JSON.parse(JSON.parse(body).messages[0].content)
    for (const name of Object.keys(PROVIDER_KEYS)) assert.match(env[name] ?? '', /^ftk_/)
    for (const key of Object.values(PROVIDER_KEYS)) assert.ok(!body.includes(key))
    assert.equal(headers.authorization, `Bearer ${PROVIDER_KEYS.OPENAI_API_KEY}`)
    assert.doesNotMatch(readFileSync(cassette, 'utf8'), /ftk_[\w-]{20}/)
  })

  it('is its own exit code that run ends with', async () => {
    const home = temporaryFolder()
    const args = ['run', '--no-store', '--', process.execPath, '--eval', 'process.exit(7)']
    const { exit, stderr } = await builtCli(args, { cwd: home, env: nodeFirst({ HOME: home }) })
    assert.equal(exit, 7)
    assert.match(stderr, /no call came through the gateway · exit 7/)
  })
})
