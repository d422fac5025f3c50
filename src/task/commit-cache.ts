/** The paths that commits touched, by commit id: what a commit did never changes. */
export interface CommitCache {
  get(id: string): readonly string[] | undefined
  /** Keeps many at once, all or none. */
  putAll(entries: ReadonlyMap<string, readonly string[]>): void
}
