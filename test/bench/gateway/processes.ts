import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { PROGRAM, runNode } from '../child.ts'
import { temporaryFolder } from '../temporary.ts'
import type { LoadTaken } from './load.ts'

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** A server in a process of its own. */
export interface Served {
  /** As clients of OpenAI take it. */
  readonly url: string
  readonly key: string
  readonly pid: number
  readonly end: () => Promise<void>
}

export async function startUpstream(): Promise<Served> {
  return servedBy(spawnNode([script('upstream.ts')]), '')
}

export async function startPipe(upstream: Served): Promise<Served> {
  return servedBy(spawnNode([script('pipe.ts'), upstream.url]), '')
}

/** The program as it is installed, with its store. */
export async function startGateway(upstream: Served): Promise<Served> {
  const child = spawnNode(
    [PROGRAM, 'gateway', '--port', '0', '--format', 'json', '--openai-url', `${upstream.url}/v1`],
    {
      OPENAI_API_KEY: 'sk-of-the-provider',
    },
  )
  let text = ''
  for await (const piece of child.stdout ?? []) {
    text += String(piece)
    if (text.trimEnd().endsWith('\n}')) break
  }
  const { run } = JSON.parse(text) as {
    readonly run: { readonly environment: Readonly<Record<string, string>> }
  }
  const { OPENAI_BASE_URL: url = '', OPENAI_API_KEY: key = '' } = run.environment
  return { url, key, pid: child.pid ?? 0, end: () => end(child) }
}

/** LiteLLM's proxy, where it is installed; null = it is not. */
export async function startLiteLlm(upstream: Served, port: number): Promise<Served | null> {
  const program = fileURLToPath(new URL('../../../.venv-bench/bin/litellm', import.meta.url))
  if (!existsSync(program)) return null
  const folder = temporaryFolder()
  const models = ['paced', 'burst'].map((name) => ({
    model_name: name,
    litellm_params: {
      model: `openai/${name}`,
      api_base: `${upstream.url}/v1`,
      api_key: 'sk-of-the-provider',
    },
  }))
  await writeFile(`${folder}/config.yaml`, JSON.stringify({ model_list: models }))
  const child = spawn(
    program,
    ['--config', `${folder}/config.yaml`, '--host', '127.0.0.1', '--port', String(port)],
    {
      stdio: 'ignore',
      env: { ...process.env, LITELLM_LOCAL_MODEL_COST_MAP: 'True', LITELLM_MASTER_KEY: LITELLM_KEY },
    },
  )
  const served = {
    url: `http://127.0.0.1:${port}/v1`,
    key: LITELLM_KEY,
    pid: child.pid ?? 0,
    end: () => end(child),
  }
  await untilAlive(`http://127.0.0.1:${port}/health/liveliness`)
  return served
}

/** It does not start without one. */
const LITELLM_KEY = 'sk-0123456789abcdef0123456789abcdef'

async function untilAlive(url: string): Promise<void> {
  for (let tries = 0; tries < 240; tries++) {
    const reply = await fetch(url).catch(() => null) // not up yet
    if (reply?.ok) return
    await setTimeout(500)
  }
  throw new Error(`nothing answers at ${url}`)
}

/** What streams through a server took. */
export async function load(
  { url, key }: Served,
  asked: { readonly model: string; readonly connections: number; readonly seconds: number },
): Promise<LoadTaken> {
  const { model, connections, seconds } = asked
  const args = [script('load.ts'), url, key, model, String(connections), String(seconds)]
  return JSON.parse((await runNode(args, temporaryFolder())).stdout) as LoadTaken
}

/** Holds streams open; ends when told to. */
export async function hold({ url, key }: Served, streams: number): Promise<() => Promise<void>> {
  const child = spawnNode([script('hold.ts'), url, key, String(streams)])
  await firstLine(child)
  return () => end(child)
}

function spawnNode(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(FORETOKEN_|OPENAI_|NODE_OPTIONS$)/.test(name),
  )
  return spawn(process.execPath, args, {
    cwd: temporaryFolder(),
    env: { ...Object.fromEntries(kept), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function servedBy(child: ChildProcess, key: string): Promise<Served> {
  const url = await firstLine(child)
  return { url, key, pid: child.pid ?? 0, end: () => end(child) }
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no standard output')
  for await (const line of createInterface({ input: child.stdout })) return line
  throw new Error('it ended without a word')
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const closed = once(child, 'exit')
  child.kill('SIGTERM')
  await closed
}
