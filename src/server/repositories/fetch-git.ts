import { spawn } from 'node:child_process'
import { devNull } from 'node:os'
import { KnownError } from '../../errors.ts'
import type { RepositoryUrl } from './repository-url.ts'

/** A place that git may go to, with the only addresses at which it may look for it. */
export interface CheckedPlace {
  readonly url: RepositoryUrl
  readonly addresses: readonly string[]
}

/** One git command that may reach one place, or none. */
export interface FetchGit {
  readonly directory: string
  readonly args: readonly string[]
  readonly place: CheckedPlace | null
  readonly signal: AbortSignal
}

/** What git printed and how it ended. */
export interface FetchGitEnd {
  readonly code: number | null
  readonly printed: string
  /** The end of what it complained about. */
  readonly complaint: string
}

/**
 * Nobody's configuration, credentials, proxies or hooks have a part in it. When the signal is aborted git is killed with
 * all that it started, and the signal's reason thrown.
 * @throws KnownError `git-missing`
 */
export async function runFetchGit({ directory, args, place, signal }: FetchGit): Promise<FetchGitEnd> {
  signal.throwIfAborted()
  const child = spawn('git', [...settingsFor(place).flatMap((one) => ['-c', one]), ...args], {
    cwd: directory,
    env: environment(directory, place),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, so that its helpers end with it
  })
  const [printed, complaint] = [new Tail(MOST_PRINTED), new Tail(MOST_COMPLAINT)]
  child.stdout.on('data', (bytes: Buffer) => printed.add(bytes))
  child.stderr.on('data', (bytes: Buffer) => complaint.add(bytes))
  const kill = (): void => killGroup(child.pid)
  signal.addEventListener('abort', kill, { once: true })
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('close', resolve)
      child.on('error', (error) => reject(spawnFailure(error)))
    })
    signal.throwIfAborted()
    return { code, printed: printed.text, complaint: complaint.text }
  } finally {
    signal.removeEventListener('abort', kill)
  }
}

const MOST_PRINTED = 65_536
const MOST_COMPLAINT = 8192

/** The last bytes of an output without end. */
class Tail {
  readonly #most: number
  #bytes: Buffer = Buffer.alloc(0)

  constructor(most: number) {
    this.#most = most
  }

  add(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]).subarray(-this.#most)
  }

  get text(): string {
    return this.#bytes.toString('utf8')
  }
}

const LOW_SPEED_BYTES = 1000
const LOW_SPEED_SECONDS = 30

function settingsFor(place: CheckedPlace | null): readonly string[] {
  return [
    'protocol.allow=never',
    ...(place === null ? [] : [`protocol.${place.url.protocol}.allow=always`, ...pinned(place)]),
    'protocol.version=2',
    'http.followRedirects=false',
    'http.proxy=',
    'http.sslVerify=true',
    `http.lowSpeedLimit=${LOW_SPEED_BYTES}`,
    `http.lowSpeedTime=${LOW_SPEED_SECONDS}`,
    'credential.helper=',
    'core.askPass=',
    `core.hooksPath=${devNull}`,
    'core.fsmonitor=false',
    'gc.auto=0',
    'maintenance.auto=false',
    'transfer.bundleURI=false',
    'transfer.unpackLimit=1', // one pack, whose growth is easily watched
    'fetch.recurseSubmodules=false',
    'fetch.writeCommitGraph=false',
  ]
}

/** Whatever the name means by then, git goes to the addresses that were checked. */
function pinned({ url: { host, port }, addresses }: CheckedPlace): readonly string[] {
  if (addresses.includes(host)) return []
  const list = addresses.map((address) => (address.includes(':') ? `[${address}]` : address))
  return [`http.curloptResolve=${host}:${port}:${list.join(',')}`]
}

/** Where the certificates of this machine are; they say whom to trust, not where to go. */
const TRUST = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSL_CAINFO', 'GIT_SSL_CAPATH']

function environment(directory: string, place: CheckedPlace | null): NodeJS.ProcessEnv {
  const kept = ['PATH', ...TRUST].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    ...Object.fromEntries(kept),
    HOME: directory, // where neither .netrc nor .gitconfig are
    XDG_CONFIG_HOME: directory,
    GIT_DIR: directory,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ALLOW_PROTOCOL: place?.url.protocol ?? '',
    GIT_PROTOCOL_FROM_USER: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    LC_ALL: 'C',
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

const spawnFailure = (error: Error): unknown =>
  'code' in error && error.code === 'ENOENT'
    ? new KnownError('git-missing', '"git" is not on the PATH of the service')
    : error
