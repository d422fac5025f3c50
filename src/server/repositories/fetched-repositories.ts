import { createHash } from 'node:crypto'
import { KnownError } from '../../errors.ts'
import { checkCommitName } from './commit-name.ts'
import { fetchCommit } from './fetch-commit.ts'
import { FetchedFolder } from './fetched-folder.ts'
import { type AllowedUrl, PlaceVisits } from './place-visits.ts'
import { readRemoteCommit } from './read-remote-commit.ts'
import { RemoteHeads } from './remote-heads.ts'
import { nameOfUrl, parseRepositoryUrl, refused } from './repository-url.ts'
import { type LookUp, systemLookUp } from './resolve-host.ts'
import type { AskedRepository, ServedRepository } from './served-repository.ts'
import { SharedWork } from './shared-work.ts'
import { parseUrlPattern, type UrlMatcher, type UrlPattern } from './url-pattern.ts'

/** What may be fetched and kept. */
export interface FetchOptions {
  readonly allowed: readonly UrlPattern[]
  /** Where fetched repositories are kept, of this service alone; absolute. */
  readonly folder: string
  /** Of all that is kept. */
  readonly mostBytes: number
  /** Of one repository. */
  readonly mostBytesEach: number
  /** Of one fetch. */
  readonly fetchTimeoutMs: number
  /** Fetches at once; ten times as many may wait. */
  readonly mostAtOnce: number
  /** So long a branch, a tag or HEAD is taken to mean the same commit; default a minute. */
  readonly headAgeMs?: number
  /** Default: as this machine does. */
  readonly lookUp?: LookUp
  /** Milliseconds since the epoch; default: the clock of this machine. */
  readonly now?: () => number
}

const HEAD_AGE_MS = 60_000
const MOST_TRIES = 3

/** Fetches repositories from allowed addresses, each commit once, and keeps them. */
export class FetchedRepositories {
  readonly #allowed: readonly UrlMatcher[]
  readonly #folder: FetchedFolder
  readonly #visits: PlaceVisits
  readonly #heads: RemoteHeads
  readonly #fetches = new SharedWork<void>()

  /** @throws KnownError `service-malformed`, `file-not-written` */
  static async open(options: FetchOptions): Promise<FetchedRepositories> {
    const allowed = options.allowed.map(parseUrlPattern)
    const folder = await FetchedFolder.open(options.folder, options.mostBytes)
    return new FetchedRepositories(options, allowed, folder)
  }

  private constructor(options: FetchOptions, allowed: readonly UrlMatcher[], folder: FetchedFolder) {
    const { fetchTimeoutMs, mostBytesEach, mostAtOnce, lookUp = systemLookUp } = options
    this.#allowed = allowed
    this.#folder = folder
    const bounds = { timeoutMs: fetchTimeoutMs, mostBytes: mostBytesEach }
    this.#visits = new PlaceVisits({ ...bounds, folder, lookUp, mostAtOnce })
    this.#heads = new RemoteHeads({ ageMs: options.headAgeMs ?? HEAD_AGE_MS, now: options.now ?? Date.now })
  }

  /** @throws KnownError `repository-refused`, `repository-failed`, `commit-not-found`, `service-busy` */
  async resolve(
    { name, url: text, commit: asked }: AskedRepository & { readonly url: string },
    signal: AbortSignal,
  ): Promise<ServedRepository> {
    const allowed = this.#allowedUrl(text)
    if (asked !== null) checkCommitName(asked)
    const remote = { href: allowed.url.href, name: asked ?? 'HEAD' }
    const commit = await this.#heads.commitOf(remote, signal, (signal) =>
      this.#visits.visit(allowed, signal, (visit) => readRemoteCommit(visit.place, remote.name, visit)),
    )
    const key = createHash('sha256').update(`${remote.href} ${commit}`).digest('hex')
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const taken = this.#folder.take(key)
      if (taken !== null) return { ...taken, name: name ?? nameOfUrl(allowed.url), commit }
      await this.#fetches.join(key, signal, (signal) => this.#fetch(allowed, { key, commit }, signal))
    }
    throw new KnownError('service-busy', 'repositories go as fast as they come: there is no room for more')
  }

  /** Ends what is being fetched. */
  async close(): Promise<void> {
    const reason = new KnownError('service-busy', 'the service is ending')
    await Promise.all([this.#fetches.close(reason), this.#heads.close(reason)])
    await this.#folder.settle()
  }

  #allowedUrl(text: string): AllowedUrl {
    const url = parseRepositoryUrl(text)
    const matching = this.#allowed.filter(({ matches }) => matches(url))
    if (matching.length === 0) throw refused(url.href, 'the settings of the service do not allow it')
    return { url, isPrivateAllowed: matching.some(({ isPrivate }) => isPrivate) }
  }

  #fetch(
    allowed: AllowedUrl,
    { key, commit }: { readonly key: string; readonly commit: string },
    signal: AbortSignal,
  ): Promise<void> {
    return this.#visits.visit(
      allowed,
      signal,
      (visit) => fetchCommit(visit.place, commit, visit),
      (directory, bytes) => this.#folder.put(key, directory, bytes),
    )
  }
}
