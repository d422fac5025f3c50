import { spawn } from 'node:child_process'
import { devNull } from 'node:os'
import { KnownError } from '../../errors.ts'

/** One git command of the runner's own. */
export interface TaskGit {
  /** The git directory. */
  readonly directory: string
  readonly args: readonly string[]
  /** The files it works on; null = none. */
  readonly workTree?: string
  /** An index of its own. */
  readonly index?: string
  readonly input?: string | Buffer
  /** Fetches with what the user has set up for that: keys, proxies, trusted folders. */
  readonly asUser?: boolean
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs git and returns what it printed. Nobody's configuration, hooks or filters have a part in it, but for those of the
 * user where it fetches: what an agent left behind in its workspace is data here, not commands.
 * @throws KnownError git-failed, git-missing
 */
export async function taskGit(call: TaskGit): Promise<Buffer> {
  const settings = ['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'protocol.version=2', 'gc.auto=0']
  const child = spawn('git', [...settings.flatMap((one) => ['-c', one]), ...call.args], {
    cwd: call.workTree ?? call.directory,
    env: environment(call),
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: call.signal,
  })
  const [printed, complaint]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (bytes: Buffer) => printed.push(bytes))
  child.stderr.on('data', (bytes: Buffer) => complaint.push(bytes))
  child.stdin.on('error', () => {}) // git may end before it has read everything; its exit code tells
  child.stdin.end(call.input ?? '')
  const code = await new Promise((ended, failed) => child.on('close', ended).on('error', failed)).catch(
    (error: unknown) => {
      throw error instanceof Error && 'code' in error && error.code === 'ENOENT'
        ? new KnownError('git-missing', '"git" is not on the PATH')
        : error
    },
  )
  if (code === 0) return Buffer.concat(printed)
  const said = Buffer.concat(complaint).toString().trim().split('\n').at(-1) ?? ''
  throw new KnownError('git-failed', `git ${call.args.slice(0, 3).join(' ')}: ${said}`)
}

/** The same, as text without its last line end. */
export const taskGitText = async (call: TaskGit): Promise<string> =>
  (await taskGit(call)).toString().replace(/\n$/, '')

/** Commits of the runner are the same wherever and whenever they are made. */
const PERSON = { NAME: 'Foretoken', EMAIL: 'foretoken@example.com', DATE: '2026-01-01T00:00:00+0000' }

function environment({ directory, workTree, index, asUser }: TaskGit): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^GIT_/i.test(name))
  const person = Object.entries(PERSON).flatMap(([name, value]) => [
    [`GIT_AUTHOR_${name}`, value],
    [`GIT_COMMITTER_${name}`, value],
  ])
  return {
    ...Object.fromEntries([...kept, ...person]),
    GIT_DIR: directory,
    ...(workTree === undefined ? {} : { GIT_WORK_TREE: workTree }),
    ...(index === undefined ? {} : { GIT_INDEX_FILE: index }),
    ...(asUser ? {} : { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: devNull }),
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    LC_ALL: 'C',
  }
}
