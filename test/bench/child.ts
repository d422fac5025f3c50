import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { gitEnvironment } from '../../src/task/git-environment.ts'

/** The built program. */
export const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** What became of a process. */
export interface Ended {
  readonly ms: number
  readonly stdout: string
  /** What it wrote to file descriptor 3. */
  readonly side: string
}

/** Runs a script on this Node to its end in `cwd`, without the caller's own settings; fails unless it ends with 0. */
export async function runNode(args: readonly string[], cwd: string): Promise<Ended> {
  const start = performance.now()
  const child = spawn(process.execPath, args, {
    cwd,
    env: withoutSettings(process.env),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const written = [child.stdout, child.stderr, child.stdio[3]].map((stream) => {
    const chunks: Buffer[] = []
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk))
    return chunks
  })
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
  const ms = performance.now() - start
  const [stdout = '', stderr = '', side = ''] = written.map((chunks) =>
    Buffer.concat(chunks).toString('utf8'),
  )
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}: ${stderr}`)
  return { ms, stdout, side }
}

/** Feeds git and reads all it answers without keeping it; tells how long that took and how much it was. */
export async function drainGit(
  args: readonly string[],
  input: string,
): Promise<{ readonly ms: number; readonly bytes: number }> {
  const start = performance.now()
  const child = spawn('git', args, { env: gitEnvironment(process.env), stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
  child.stdin.end(input)
  let bytes = 0
  for await (const chunk of child.stdout) bytes += (chunk as Buffer).length
  const code = await ended
  if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${code}`)
  return { ms: performance.now() - start, bytes }
}

function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(FORETOKEN_|NODE_OPTIONS$)/.test(name)))
}
