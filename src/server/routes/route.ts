import type { Request, Response } from 'express'
import type { z } from 'zod'
import type { Principal, Scope } from '../auth/principal.ts'
import type { Upload } from '../http/read-upload.ts'
import type { ServiceContext } from '../service-context.ts'
import type { Write } from '../writer/writes.ts'

/** A request as its route sees it: checked. */
export interface Asked<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly principal: Principal
  readonly context: ServiceContext
  /** What was sent to a route that takes files; null = it takes none. */
  readonly upload: Upload | null
  readonly requestId: string
  /** Aborted when the caller goes away, or has waited for too long. */
  readonly signal: AbortSignal
  /** For what streams. */
  readonly request: Request
}

/** What is answered. `write` is in the store before it is. */
export type Answer = Told | Streamed

export interface Told {
  readonly status: 200 | 201 | 202 | 503
  readonly text: string
  /** JSON where it is left out. */
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly write?: Write
  /** Called when it is in the store. */
  readonly written?: () => void
  /** Callers may ask again for what changed only. */
  readonly hasTag?: boolean
}

export interface Streamed {
  /** It goes on as long as its caller is there. */
  readonly lasts?: boolean
  readonly stream: (response: Response) => Promise<void>
}

/** What a status says, for the OpenAPI document. */
export interface Described {
  readonly description: string
  readonly schema?: z.ZodType
  /** JSON where it is left out. */
  readonly types?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
}

/** Who may ask: those with a scope, anybody with a key, or everybody. */
export type Access = Scope | 'any-key' | 'public'

/** One route: how it is called, what it takes, who may, and what it does. */
export interface Route {
  readonly method: 'get' | 'post' | 'delete'
  /** With `{name}` for parameters. */
  readonly path: string
  readonly access: Access
  readonly tag: string
  readonly summary: string
  readonly description?: string
  readonly params: z.ZodObject | null
  readonly query: z.ZodObject | null
  /** Headers that it reads itself, for the OpenAPI document. */
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly pattern: string }>>
  readonly body: z.ZodType | null
  /** A body that is not JSON, and is taken as it comes. */
  readonly bodyTypes: readonly string[] | null
  readonly responses: Readonly<Record<number, Described>>
  readonly handle: (asked: Asked<never, never, never>) => Promise<Answer> | Answer
}

interface Definition<
  Params extends z.ZodObject | null,
  Query extends z.ZodObject | null,
  Body extends z.ZodType | null,
> extends Omit<Route, 'params' | 'query' | 'body' | 'bodyTypes' | 'handle'> {
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  readonly bodyTypes?: readonly string[]
  readonly handle: (
    asked: Asked<Inferred<Params>, Inferred<Query>, Inferred<Body>>,
  ) => Promise<Answer> | Answer
}

type Inferred<Schema> = Schema extends z.ZodType ? z.infer<Schema> : null

/** Declares a route; what its schemas take is what its code gets. */
export const route = <
  Params extends z.ZodObject | null = null,
  Query extends z.ZodObject | null = null,
  Body extends z.ZodType | null = null,
>(
  definition: Definition<Params, Query, Body>,
): Route => ({
  ...definition,
  params: definition.params ?? null,
  query: definition.query ?? null,
  body: definition.body ?? null,
  bodyTypes: definition.bodyTypes ?? null,
})

/** An answer of JSON. */
export const json = (status: Told['status'], value: object, more: Partial<Told> = {}): Told => ({
  status,
  text: JSON.stringify(value),
  ...more,
})
