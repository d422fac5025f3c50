import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { PROGRAM, runNode } from '../child.ts'
import { temporaryFolder } from '../temporary.ts'
import type { PostsTaken } from './post-load.ts'
import type { SwapTaken } from './swap-load.ts'

/** A server in a process of its own. */
export interface Running {
  readonly url: string
  readonly pid: number
  readonly end: () => Promise<void>
}

const scriptOf = (name: string): string => fileURLToPath(new URL(`./${name}.ts`, import.meta.url))

/** The service as it is installed; `settings` of its file. */
export async function startService(settings: object = {}): Promise<Running> {
  const folder = temporaryFolder()
  const file = `${folder}/service.json`
  await writeFile(file, JSON.stringify({ schema: 'service/1', port: 0, log: { level: 'warn' }, ...settings }))
  return start([PROGRAM, 'serve', '--service', file], folder)
}

/** The bare route. */
export const startEcho = (): Promise<Running> => start([scriptOf('echo')], temporaryFolder())

async function start(args: readonly string[], cwd: string): Promise<Running> {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = once(child, 'close')
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    const hear = (text: Buffer): void => {
      said += text
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
      if (found !== undefined) resolve(found)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('close', () => reject(new Error(`${args.join(' ')} ended: ${said}`)))
  })
  return {
    url,
    pid: child.pid ?? 0,
    async end() {
      child.kill('SIGTERM')
      await closed
    },
  }
}

export interface Load {
  readonly bodies: 'same' | 'distinct'
  readonly connections: number
  readonly seconds: number
  /** Left out = as fast as it goes. */
  readonly perSecond?: number
}

/** Posts estimates from a process of its own. */
export async function posts(url: string, load: Load): Promise<PostsTaken> {
  const { bodies, connections, seconds, perSecond } = load
  const rate = perSecond === undefined ? [] : [String(perSecond)]
  const args = [scriptOf('post-load'), url, bodies, String(connections), String(seconds), ...rate]
  return JSON.parse((await runNode(args, '.')).stdout) as PostsTaken
}

/** Posts estimates while a bundle is replaced, 500 a second on 50 connections, until it is ended. */
export function swapLoad(url: string): { readonly end: () => Promise<SwapTaken> } {
  const child = spawn(process.execPath, [scriptOf('swap-load'), url, '50', '500'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  let told = ''
  child.stdout.on('data', (text: Buffer) => {
    told += text
  })
  return {
    async end() {
      child.stdin.end()
      const [code] = await closed
      if (code !== 0) throw new Error(`the load ended with ${code}`)
      return JSON.parse(told) as SwapTaken
    },
  }
}

/** What the system counts as a process's own memory, in MB. */
export function memoryMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024) / 1e6
}
