import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { Limits } from '../../src/gateway/budget/limits.ts'
import { PROVIDERS } from '../../src/gateway/endpoint.ts'
import { agentStart } from '../../src/runner/agents/agent-start.ts'
import { type BuiltinLimits, builtinAgent, builtinParts, NO_LIMITS } from '../../src/runner/agents/builtin.ts'
import { readPatch } from '../../src/runner/tasks/workspace.ts'
import { nodeFirst } from '../fixtures/gateway/buggy-repository.ts'
import type { Script } from '../fixtures/gateway/script.ts'
import { scriptedUpstream, type UpstreamOptions } from '../fixtures/gateway/scripted-upstream.ts'
import { testGateway } from '../fixtures/gateway/test-gateway.ts'
import { runPlain } from '../fixtures/run-plain.ts'
import { openTask, TASKS } from '../fixtures/shipped-task.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const TASK = 'csv-line-breaks'
const SOLUTION = readFileSync(join(TASKS, TASK, 'solution.patch'), 'utf8')

/** A model that runs these commands one by one, and is done. */
const says =
  (...commands: readonly string[]): Script =>
  ({ turn }) => {
    const command = commands[turn]
    return command === undefined
      ? { text: 'Done – 完成.', uses: [] }
      : { text: 'One moment …', uses: [{ name: 'bash', input: { command } }] }
  }

const SOLVES = says(
  'cat src/parse-csv.mjs',
  `git apply <<'PATCH'\n${SOLUTION}PATCH`,
  'node --test 2>&1 | tail -8',
)

interface Given {
  readonly script: Script
  /** Where the agent lies; where it does in the project when left out. */
  readonly program?: string
  readonly upstream?: Partial<UpstreamOptions>
  readonly budget?: Partial<Limits>
  readonly limits?: Partial<BuiltinLimits>
}

/** The agent behind a gateway on a shipped task, as a plain child process. */
async function run({ script, upstream: options, budget, limits, program }: Given) {
  const upstream = await scriptedUpstream({ script, ...options })
  const gateway = await testGateway(upstream.url)
  after(async () => {
    await gateway.close()
    await upstream.close()
  })
  const { task, repository, workspace, check } = await openTask(TASK)
  const metered = gateway.openRun(budget === undefined ? {} : { limits: budget })
  const home = mkdtempSync(join(temporaryFolder(), 'home-'))
  const issueFile = join(home, 'issue.md')
  writeFileSync(issueFile, task.issue)
  const folder = await workspace()
  const { command, env } = agentStart(
    builtinAgent({ ...NO_LIMITS, ...limits }, program === undefined ? {} : { program }),
    {
      ...{ issue: task.issue, issueFile, workspace: folder, home, model: 'gpt-5', provider: 'openai' },
      ...{ baseUrl: metered.baseUrl, key: metered.key, keyed: new Set(PROVIDERS) },
    },
  )
  const ended = await runPlain(command, { cwd: folder, env: nodeFirst(env), timeoutMs: 60_000 })
  const results = (name: string) => readFileSync(join(home, 'results', name), 'utf8')
  const patch = await readPatch(repository, folder)
  return {
    ...{ ended, upstream, patch, results },
    result: JSON.parse(results('result.json')),
    transcript: results('transcript.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    totals: metered.totals(),
    check: () => check(patch),
  }
}

describe('the built-in agent', () => {
  it('resolves a shipped task behind the gateway, and counts what the gateway counts', async () => {
    const { ended, result, transcript, totals, upstream, patch, results, check } = await run({
      script: SOLVES,
    })
    assert.equal(ended.exit, 0, ended.stderr)
    const { resolved, output } = await check()
    assert.ok(resolved, output)
    assert.deepEqual(
      [result.schema, result.ending, result.error, result.steps],
      ['agent-result/1', 'done', null, 4],
    )
    assert.equal(upstream.received.length, 4)
    assert.equal(totals.requests.amount, 4)
    assert.deepEqual(
      [result.inputTokens, result.outputTokens],
      [totals.totalInput.amount, totals.total.amount - totals.totalInput.amount],
    )
    assert.equal(
      results('patch.diff').replaceAll(/^index .*\n/gm, ''),
      String(patch).replaceAll(/^index .*\n/gm, ''),
    )
    assert.deepEqual(
      transcript.map(({ message }) => message.role),
      ['system', 'user', ...Array.from({ length: 3 }, () => ['assistant', 'tool']).flat(), 'assistant'],
    )
    assert.match(transcript.at(-2)?.message.content, /pass 7\n(.*\n)*\[exit 0\]$/)
  })

  it('needs nothing but its file and a package', async () => {
    const folder = temporaryFolder()
    const [agent, ...packages] = builtinParts(folder)
    for (const { from, to } of [agent, ...packages].filter((part) => part !== undefined))
      cpSync(from, to, { recursive: true })
    const { ended, result } = await run({ script: says('true'), program: agent?.to ?? '' })
    assert.deepEqual([ended.exit, result.ending], [0, 'done'], ended.stderr)
  })

  it('that changes something else has failed', async () => {
    const { ended, check } = await run({
      script: says('rm -r test', 'echo "// solved" >> src/parse-csv.mjs'),
    })
    assert.equal(ended.exit, 0)
    assert.ok(!(await check()).resolved)
  })

  it('ends on a budget that is used up, without asking again, and leaves what it did so far', async () => {
    const { ended, result, upstream, patch } = await run({ script: SOLVES, budget: { calls: 2 } })
    assert.deepEqual([ended.exit, result.ending, result.steps], [1, 'over-budget', 2])
    assert.match(ended.stderr, /over-budget: 429 .*2 of 2 calls are spent/)
    assert.equal(upstream.received.length, 2)
    assert.match(String(patch), /splitRows/)
  })

  it('ends on an error of the provider, which it tells', async () => {
    const body = JSON.stringify({ error: { message: 'no such model', type: 'invalid_request_error' } })
    const refused = { kind: 'status', status: 400, body } as const
    const { ended, result } = await run({
      script: SOLVES,
      upstream: { fault: (_, number) => (number === 1 ? refused : null) },
    })
    assert.deepEqual([ended.exit, result.ending, result.steps], [4, 'provider-error', 1])
    assert.match(result.error, /^400 no such model/)
  })

  it('ends at its limit of steps, tokens, dollars and time', async () => {
    const usage = () => ({
      input: 100,
      cacheRead: 0,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      output: 50,
      reasoning: 0,
    })
    const cases: readonly (readonly [Partial<BuiltinLimits>, string, number])[] = [
      [{ steps: 2 }, 'max-steps', 2],
      [{ tokens: 301 }, 'max-tokens', 3],
      [{ usd: 0.0005, prices: { input: 1, output: 2 } }, 'max-usd', 3],
    ]
    for (const [limits, ending, steps] of cases) {
      const { ended, result } = await run({
        script: says(...Array(9).fill('true')),
        limits,
        upstream: { usage },
      })
      assert.deepEqual([ended.exit, result.ending, result.steps], [1, ending, steps])
    }
    const { ended, result } = await run({ script: says('sleep 60'), limits: { seconds: 2 } })
    assert.deepEqual([ended.exit, result.ending, result.steps], [1, 'max-seconds', 1])
  })

  it('shows its model the start and the end of much output, and waits for nothing that was left behind', async () => {
    const commands = [
      'seq 1 100000',
      'sleep 50 & setsid sleep 51 & echo left',
      'cat; echo $OPENAI_API_KEY; exit 3',
    ]
    const { ended, transcript } = await run({ script: says(...commands) })
    assert.equal(ended.exit, 0, ended.stderr)
    const [much, left, empty] = transcript.flatMap(({ message }) =>
      message.role === 'tool' ? [message.content] : [],
    )
    assert.match(
      much,
      /^1\n2\n(.*\n)*\[\d+ characters are left out here: print less\]\n(.*\n)*100000\n\n\[exit 0\]$/,
    )
    assert.ok(much.length < 17_000)
    assert.equal(left, 'left\n\n[exit 0]')
    assert.equal(empty, '\n\n[exit 3]')
  })

  it('says what is missing before it asks anything', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'issue.md'), 'x')
    const program = builtinAgent(NO_LIMITS).command[1] ?? ''
    const most = ['--model', 'm', '--results', 'r', '--workspace', '.']
    const all = [...most, '--issue', 'issue.md']
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /--model is missing/],
      [most, /--issue is missing/],
      [[...most, '--issue', 'none.md'], /--issue: no such file/],
      [[...all, '--max-steps', 'x'], /--max-steps needs a number above 0/],
      [[...all, '--max-usd', '1'], /--input-usd-per-million needs a number above 0/],
    ]
    for (const [args, message] of cases) {
      const options = { cwd: folder, env: nodeFirst({}), timeoutMs: 20_000 }
      const { exit, stderr } = await runPlain(['node', program, ...args], options)
      assert.equal(exit, 2)
      assert.match(stderr, message)
      assert.ok(!existsSync(join(folder, 'r')))
    }
  })
})
