/** What a key may do. `admin` may do everything, and nothing but admin may train or see the keys. */
export const SCOPES = ['estimate', 'gate', 'run', 'import', 'admin'] as const

/** One of them. */
export type Scope = (typeof SCOPES)[number]

/** Who asks. */
export interface Principal {
  /** The id of the key; `loopback` = from this machine, without one. Told in records: it is no secret. */
  readonly actor: string
  readonly scopes: ReadonlySet<Scope>
}

/** From this machine, without a key: may do everything. */
export const LOOPBACK: Principal = { actor: 'loopback', scopes: new Set(SCOPES) }

export const isAllowed = ({ scopes }: Principal, scope: Scope): boolean =>
  scopes.has(scope) || scopes.has('admin')
