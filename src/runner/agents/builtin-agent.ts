#!/usr/bin/env node
/**
 * The built-in agent: a model, a conversation, and one tool, bash. A program of its own, which runs inside of a sandbox:
 *
 *   node builtin-agent.js --issue issue.md --workspace repo --results out --model gpt-5 [--max-steps 50] …
 *
 * Address and key of the provider are in OPENAI_BASE_URL and OPENAI_API_KEY. It leaves `transcript.jsonl`, `patch.diff` and
 * `result.json`, and exits with 0 when the model is done, 1 at a limit, 4 when the provider fails.
 */
import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type OpenAI from 'openai'

type Chat = OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming

const SYSTEM = `You resolve an issue in a git repository: your commands run in it, each in a shell of its own.
Look at the code first, reproduce the problem, change the code, and run the tests. Do not commit.
When you are done, say in a sentence what you changed, without calling the tool.`

const BASH = {
  type: 'function',
  function: {
    name: 'bash',
    description: 'Runs a command with bash in the repository; standard input is empty',
    parameters: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
  },
} as const

/** Of the output of a command, how much of its start and of its end the model is shown. */
const SHOWN_CHARS = 8000

const FLAGS = `issue workspace results model max-steps max-tokens max-usd max-seconds command-seconds
input-usd-per-million output-usd-per-million`.split(/\s/)
const { values } = parseArgs({ options: Object.fromEntries(FLAGS.map((name) => [name, { type: 'string' }])) })

function refuse(why: string): never {
  process.stderr.write(`${why}\n`)
  process.exit(2)
}
const text = (name: string): string => String(values[name] ?? refuse(`--${name} is missing`))
const number = (name: string, otherwise?: number): number => {
  const value = Number(values[name] ?? otherwise)
  return value > 0 ? value : refuse(`--${name} needs a number above 0`)
}

const [model, workspace, results] = [text('model'), resolve(text('workspace')), resolve(text('results'))]
const issue = existsSync(text('issue'))
  ? readFileSync(text('issue'), 'utf8')
  : refuse('--issue: no such file')
const limits = {
  steps: number('max-steps', 100),
  tokens: number('max-tokens', Infinity),
  usd: number('max-usd', Infinity),
  seconds: number('max-seconds', Infinity),
}
const commandSeconds = number('command-seconds', 120)
/** A limit in dollars cannot be kept without prices; every input token counts as one that no cache holds. */
const priceOf = (flag: string): number => (limits.usd === Infinity ? 0 : number(flag))
const prices = { input: priceOf('input-usd-per-million'), output: priceOf('output-usd-per-million') }

const spent = { steps: 0, inputTokens: 0, outputTokens: 0, usd: 0, unknownUsage: false }
const startedMs = performance.now()
const secondsLeft = (): number => limits.seconds - (performance.now() - startedMs) / 1000
const timeIsUp = new AbortController()
if (limits.seconds < 2 ** 31 / 1000) setTimeout(() => timeIsUp.abort(), limits.seconds * 1000).unref()

type Ending = 'done' | `max-${'steps' | 'tokens' | 'usd' | 'seconds'}` | 'over-budget' | 'provider-error'

function limitReached(): Ending | null {
  if (spent.steps >= limits.steps) return 'max-steps'
  if (spent.inputTokens + spent.outputTokens >= limits.tokens) return 'max-tokens'
  if (spent.usd >= limits.usd) return 'max-usd'
  return secondsLeft() <= 0 ? 'max-seconds' : null
}

function tell(entry: object): void {
  const line = JSON.stringify({ at: new Date().toISOString(), ...entry })
  appendFileSync(join(results, 'transcript.jsonl'), `${line}\n`)
}

function account(usage: OpenAI.CompletionUsage | undefined | null): void {
  spent.steps++
  if (!usage) spent.unknownUsage = true
  else {
    spent.inputTokens += usage.prompt_tokens
    spent.outputTokens += usage.completion_tokens
    spent.usd += (usage.prompt_tokens * prices.input + usage.completion_tokens * prices.output) / 1e6
  }
}

/** Runs a command and everything that it starts, for as long as it may, and keeps the start and the end of its output. */
async function bash(command: string): Promise<string> {
  const { OPENAI_API_KEY: _, ...env } = process.env
  const child = spawn('bash', ['-c', command], { cwd: workspace, env, detached: true })
  child.stdin.on('error', () => {}).end() // It may end before it could read
  let [head, tail, note, chars] = ['', '', '', 0]
  const keep = (chunk: string): void => {
    chars += chunk.length
    const room = Math.max(0, SHOWN_CHARS - head.length)
    head += chunk.slice(0, room)
    tail = (tail + chunk.slice(room)).slice(-SHOWN_CHARS)
  }
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', keep)
  const killAll = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {} // It has ended
  }
  const seconds = Math.max(0, Math.min(commandSeconds, secondsLeft()))
  const timer = setTimeout(() => {
    note = `\n[killed after ${Math.round(seconds)} seconds]`
    killAll()
  }, seconds * 1000)
  // What it left running in the background ends with it; what escaped its group has nobody to print to.
  child.on('exit', () => {
    killAll()
    setTimeout(() => child.stdout.destroy() && child.stderr.destroy(), 200).unref()
  })
  const exit = await new Promise<string>((ended) => {
    child.on('error', (error) => ended(String(error)))
    child.on('close', (code, signal) => ended(String(code ?? signal)))
  })
  clearTimeout(timer)
  const cut = chars - head.length - tail.length
  const middle = cut > 0 ? `\n[${cut} characters are left out here: print less]\n` : ''
  return `${head}${middle}${tail}${note}\n[exit ${exit}]`.toWellFormed()
}

function commandOf(args: string): string | null {
  try {
    const parsed: unknown = JSON.parse(args)
    const isObject = typeof parsed === 'object' && parsed !== null && 'command' in parsed
    return isObject && typeof parsed.command === 'string' ? parsed.command : null
  } catch {
    return null // The model is told below what was expected
  }
}

async function converse(): Promise<Ending> {
  const { default: Client } = await import('openai')
  const client = new Client()
  const messages: Chat['messages'] = [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: issue },
  ]
  for (const message of messages) tell({ message })
  for (let over = limitReached(); over === null; over = limitReached()) {
    const asked: Chat = { model, messages, tools: [BASH] }
    const reply = await client.chat.completions.create(asked, { signal: timeIsUp.signal })
    account(reply.usage)
    const message = reply.choices[0]?.message
    tell({ message: message ?? null, usage: reply.usage ?? null, id: reply.id })
    if (message === undefined) throw new Error('The provider sent a reply without a message')
    messages.push(message)
    if ((message.tool_calls ?? []).length === 0) return 'done'
    for (const call of message.tool_calls ?? []) {
      const command = call.type === 'function' ? commandOf(call.function.arguments) : null
      const content = command === null ? 'Give {"command": "…"}' : await bash(command)
      const told = { role: 'tool', tool_call_id: call.id, content } as const
      messages.push(told)
      tell({ message: told })
    }
  }
  return limitReached() ?? 'max-steps'
}

/** What a refusal means: a budget that is used up is an outcome, everything else a failure of the provider. */
function endingOf(error: unknown): Ending {
  if (timeIsUp.signal.aborted) return 'max-seconds'
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null
  return code === 'insufficient_quota' ? 'over-budget' : 'provider-error'
}

/** Everything that changed since the commit at the start, new files and the agent's own commits among them. */
function patchSince(commit: string): string {
  const env = { ...process.env, GIT_INDEX_FILE: join(results, 'index') }
  const git = (...args: string[]): string =>
    spawnSync('git', args, { cwd: workspace, env, encoding: 'utf8', maxBuffer: 2 ** 30 }).stdout
  git('read-tree', commit)
  git('add', '--all')
  const patch = git('diff', '--cached', '--binary', commit)
  rmSync(env.GIT_INDEX_FILE, { force: true })
  return patch
}

mkdirSync(results, { recursive: true })
const { stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: workspace, encoding: 'utf8' })
const start = stdout?.trim()
let error: string | null = null
const ending = await converse().catch((failure: unknown): Ending => {
  error = failure instanceof Error ? failure.message : String(failure)
  return endingOf(failure)
})
const result = JSON.stringify({ schema: 'agent-result/1', ending, error, ...spent })
writeFileSync(join(results, 'result.json'), `${result}\n`)
writeFileSync(join(results, 'patch.diff'), start ? patchSince(start) : '')
if (error !== null) process.stderr.write(`${ending}: ${error}\n`)
process.exit(ending === 'done' ? 0 : ending === 'provider-error' ? 4 : 1)
