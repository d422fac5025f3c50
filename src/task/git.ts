import { spawn } from 'node:child_process'
import { KnownError } from '../errors.ts'
import { gitEnvironment } from './git-environment.ts'

export interface GitCall {
  /** The git directory or work tree the command runs on. */
  readonly directory: string
  readonly args: readonly string[]
  /** Written to the command's standard input. */
  readonly input?: string | Buffer
  readonly signal?: AbortSignal | undefined
}

/** Runs one plumbing command and yields its standard output as it comes; fails with what git said. */
export async function* streamGit(call: GitCall): AsyncGenerator<Buffer> {
  const child = spawn('git', ['-C', call.directory, ...call.args], {
    env: gitEnvironment(process.env),
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: call.signal,
  })
  const complaint: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => complaint.push(chunk))
  child.stdin.on('error', () => {}) // git may end before it has read everything; its exit code tells
  const ended = new Promise<{ code: number | null; error?: Error }>((resolve) => {
    child.on('error', (error) => resolve({ code: null, error }))
    child.on('close', (code) => resolve({ code }))
  })
  child.stdin.end(call.input ?? '')
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer
    const { code, error } = await ended
    if (error) throw spawnFailure(error)
    if (code !== 0) throw gitFailure(call, Buffer.concat(complaint).toString('utf8').trim())
  } finally {
    child.kill()
  }
}

/** Runs one plumbing command and returns its whole standard output. */
export async function runGit(call: GitCall): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of streamGit(call)) chunks.push(chunk)
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}

function spawnFailure(error: Error): unknown {
  return 'code' in error && error.code === 'ENOENT'
    ? new KnownError('git-missing', '"git" is not on the PATH')
    : error
}

function gitFailure(call: GitCall, complaint: string): KnownError {
  const said = complaint.split('\n').at(-1) ?? ''
  if (/not a git repository/i.test(complaint)) return new KnownError('not-a-repository', call.directory)
  if (/dubious ownership/.test(complaint))
    return new KnownError('git-failed', `${call.directory} belongs to another user`, {
      fix: `git config --global --add safe.directory ${call.directory}`,
    })
  return new KnownError('git-failed', `git ${call.args.slice(0, 2).join(' ')} in ${call.directory}: ${said}`)
}
