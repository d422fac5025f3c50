import { type FetchBounds, withinBounds } from './fetch-bounds.ts'
import type { CheckedPlace } from './fetch-git.ts'
import type { FetchedFolder } from './fetched-folder.ts'
import { checkGitVersion } from './git-version.ts'
import type { RepositoryUrl } from './repository-url.ts'
import { type LookUp, resolveHost } from './resolve-host.ts'
import { Slots } from './slots.ts'

/** What visits are made with. */
export interface VisitOptions extends FetchBounds {
  readonly folder: FetchedFolder
  readonly lookUp: LookUp
  readonly mostAtOnce: number
}

/** An address that a pattern allows. */
export interface AllowedUrl {
  readonly url: RepositoryUrl
  readonly isPrivateAllowed: boolean
}

/** What a visit may do: at this place only, in this empty folder only, as long as nobody ends it. */
export interface Visit {
  readonly place: CheckedPlace
  readonly directory: string
  readonly signal: AbortSignal
}

const WAITING_PER_SLOT = 10

/** Visits of git to other places: so many at once, each with checked addresses, a folder of its own, and bounds. */
export class PlaceVisits {
  readonly #options: VisitOptions
  readonly #slots: Slots
  #isGitChecked = false

  constructor(options: VisitOptions) {
    this.#options = options
    this.#slots = new Slots(options.mostAtOnce, options.mostAtOnce * WAITING_PER_SLOT)
  }

  /**
   * `keep` gets the folder when all went well, and may move it away; else it goes.
   * @throws KnownError `repository-refused`, `repository-failed`, `service-busy`; what `work` throws
   */
  visit<Value>(
    allowed: AllowedUrl,
    signal: AbortSignal,
    work: (visit: Visit) => Promise<Value>,
    keep?: (directory: string, bytes: number) => void,
  ): Promise<Value> {
    const { folder, timeoutMs, mostBytes } = this.#options
    return this.#slots.use(signal, async () => {
      const directory = await folder.temporary()
      try {
        const fetch = { href: allowed.url.href, directory, signal }
        const { value, bytes } = await withinBounds(fetch, { timeoutMs, mostBytes }, async (signal) =>
          work({ place: await this.#placeOf(allowed, directory, signal), directory, signal }),
        )
        keep?.(directory, bytes)
        return value
      } finally {
        await folder.discard(directory)
      }
    })
  }

  async #placeOf(
    { url, isPrivateAllowed }: AllowedUrl,
    directory: string,
    signal: AbortSignal,
  ): Promise<CheckedPlace> {
    if (!this.#isGitChecked) await checkGitVersion(directory, signal)
    this.#isGitChecked = true
    return { url, addresses: await resolveHost(url, isPrivateAllowed, this.#options.lookUp) }
  }
}
