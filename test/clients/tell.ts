/** What a client got: told as one line of JSON on the standard output. */
export interface Told {
  /** The bodies of the replies as the client's `fetch` saw them, in order, as Base64. */
  readonly bodies: readonly string[]
  /** The usage that the client tells of each reply; null = it tells none. */
  readonly usages: readonly unknown[]
  /** Its last words. */
  readonly said: string
}

/** A `fetch` that keeps the bodies of the replies. */
export function keepingFetch() {
  const kept: Promise<Buffer>[] = []
  const fetching: typeof fetch = async (input, init) => {
    const reply = await fetch(input, init)
    kept.push(
      reply
        .clone()
        .arrayBuffer()
        .then((bytes) => Buffer.from(bytes)),
    )
    return reply
  }
  const bodies = async (): Promise<readonly string[]> =>
    (await Promise.all(kept)).map((body) => body.toString('base64'))
  return { fetch: fetching, bodies }
}

/** Ends a driver. */
export const tell = (told: Told): void => {
  process.stdout.write(`${JSON.stringify(told)}\n`)
}

/** Whether the driver was started with an option. */
export const isAsked = (option: string): boolean => process.argv.includes(option)
