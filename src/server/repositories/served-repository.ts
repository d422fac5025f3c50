/** A repository as a caller names it; null = not said. */
export interface AskedRepository {
  /** `owner/name`: one that is registered is read; of another the name is all that is known. */
  readonly name: string | null
  /** Where it is fetched from. */
  readonly url: string | null
  /** The id of a commit, a branch or a tag; null = HEAD. */
  readonly commit: string | null
}

/** A repository that can be read until it is released. */
export interface ServedRepository {
  /** Absolute path of its git directory; null = nothing is read of it. */
  readonly path: string | null
  readonly name: string | null
  /** The id of the commit; null = nothing is read. */
  readonly commit: string | null
  /** To be called once, when it has been read: it may go from then on. */
  release(): void
}

/** The repositories that the service reads. */
export interface ServedRepositories {
  /** @throws KnownError `repository-refused`, `repository-failed`, `commit-not-found`, `service-busy`, … */
  resolve(asked: AskedRepository, signal: AbortSignal): Promise<ServedRepository>
  /** Ends what is being fetched. */
  close(): Promise<void>
}
