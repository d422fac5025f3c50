import { isCommitId } from './commit-name.ts'
import { SharedWork } from './shared-work.ts'

/** How long what was found holds. */
export interface HeadOptions {
  readonly ageMs: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** A name, such as `HEAD` or a branch, at an address. */
export interface RemoteName {
  readonly href: string
  readonly name: string
}

interface Head {
  readonly commit: string
  readonly atMs: number
}

const MOST_HEADS = 1000

/** Which commits names mean elsewhere: asked for once, and anew when the answer is too old. */
export class RemoteHeads {
  readonly #options: HeadOptions
  readonly #looks = new SharedWork<string>()
  /** The oldest first. */
  readonly #heads = new Map<string, Head>()

  constructor(options: HeadOptions) {
    this.#options = options
  }

  /** The commit; `look` finds it out. */
  async commitOf(
    { href, name }: RemoteName,
    signal: AbortSignal,
    look: (signal: AbortSignal) => Promise<string>,
  ): Promise<string> {
    if (isCommitId(name)) return name
    const { now, ageMs } = this.#options
    const key = `${href} ${name}`
    const known = this.#heads.get(key)
    if (known !== undefined && now() - known.atMs < ageMs) return known.commit
    return this.#looks.join(key, signal, async (signal) => {
      const atMs = now()
      const commit = await look(signal)
      this.#remember(key, { commit, atMs })
      return commit
    })
  }

  /** Ends all looks. */
  close(reason: unknown): Promise<void> {
    return this.#looks.close(reason)
  }

  #remember(key: string, head: Head): void {
    this.#heads.delete(key)
    this.#heads.set(key, head)
    const [oldest] = this.#heads.keys()
    if (this.#heads.size > MOST_HEADS && oldest !== undefined) this.#heads.delete(oldest)
  }
}
