import type { TrajectoryBody } from './asking.ts'
import { problemError } from './problem-error.ts'
import { Passing, type Patience, passingOf, persist } from './retries.ts'

/** Where the service is, and how it is asked. */
export interface Place {
  /** Ends with `/`. */
  readonly base: URL
  readonly key: string | null
  readonly fetch: typeof fetch
  readonly patience: Patience
}

/** A value that stands in a path, a query or a header; undefined = it is left out. */
export type Value = string | number | null | undefined

/** One request. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** From the root of the service, without the slash at its beginning. */
  readonly path: string
  readonly query?: Readonly<Record<string, Value>>
  readonly headers?: Readonly<Record<string, Value>>
  readonly body?: TrajectoryBody
  readonly signal: AbortSignal | undefined
  /** Sent again, it does nothing that was not done already. */
  readonly isRepeatable: boolean
  /** Whether it is an answer, although it tells no success. */
  readonly isAnswer?: (response: Response) => boolean
}

/**
 * Sends a request, again where that is safe and may help, and reads what is answered.
 * @throws ProblemError; TypeError where the service cannot be reached; the reason of the signal
 */
export function call<T>(place: Place, asked: Call, read: (response: Response) => Promise<T>): Promise<T> {
  const attempt = async (): Promise<T> => {
    try {
      const response = await send(place, asked)
      if (response.ok || asked.isAnswer?.(response)) return await read(response)
      throw passingOf(await problemError(response), response, Date.now())
    } catch (error) {
      // What `fetch` throws where the network fails; whatever else is thrown is for good.
      throw error instanceof TypeError ? new Passing(error, null) : error
    }
  }
  const patience = asked.isRepeatable ? place.patience : { ...place.patience, retries: 0 }
  return persist(patience, { attempt, signal: asked.signal })
}

function send({ base, key, fetch }: Place, asked: Call): Promise<Response> {
  const url = new URL(asked.path, base)
  for (const [name, value] of given(asked.query)) url.searchParams.set(name, value)
  const headers = new Headers(given(asked.headers))
  if (key !== null) headers.set('Authorization', `Bearer ${key}`)
  const { method, body, signal } = asked
  return fetch(url, {
    ...{ method, headers },
    ...(body === undefined ? {} : { body, ...(body instanceof ReadableStream ? { duplex: 'half' } : {}) }),
    ...(signal === undefined ? {} : { signal }),
  })
}

const given = (values: Readonly<Record<string, Value>> = {}): [string, string][] =>
  Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [[name, String(value)]],
  )

/** A part of a path. @throws TypeError where it would lead elsewhere */
export function segment(id: string): string {
  if (/^\.{0,2}$/.test(id)) throw new TypeError(`${JSON.stringify(id)} is no id`)
  return encodeURIComponent(id)
}
