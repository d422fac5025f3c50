const NAME = 'ftk_session'

/** The token in a `Cookie` header; null = none. */
export function sessionToken(header: string | undefined): string | null {
  const [, token] = TOKEN.exec(header ?? '') ?? []
  return token ?? null
}

const TOKEN = new RegExp(`(?:^|; *)${NAME}=([\\w-]{43})(?:;|$)`)

/**
 * A `Set-Cookie` that no script reads and that goes with no request of another site.
 * @param secure whether the client came by https, as it then must again
 */
export const sessionCookie = (token: string, secure: boolean, lifetimeMs: number): string =>
  `${NAME}=${token}; Max-Age=${Math.floor(lifetimeMs / 1000)}; ${attributes(secure)}`

/** A `Set-Cookie` that ends it. */
export const endedCookie = (secure: boolean): string => `${NAME}=; Max-Age=0; ${attributes(secure)}`

const attributes = (secure: boolean): string => `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
