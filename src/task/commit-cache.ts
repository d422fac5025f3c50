/** The paths that commits touched, by commit id: what a commit did never changes. */
export interface CommitCache {
  /** The paths of the commits that are kept, by id. */
  getAll(ids: readonly string[]): ReadonlyMap<string, readonly string[]>
  /** Keeps many at once, all or none. */
  putAll(entries: ReadonlyMap<string, readonly string[]>): void
}
