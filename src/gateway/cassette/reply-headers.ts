/** What tells a client something about the reply or about when to come again. */
const TELLING = [
  /^content-type$/,
  /^retry-after(-ms)?$/,
  /^x-should-retry$/,
  /^(x-|anthropic-|openai-)?request-id$/,
  /^(x-|anthropic-)?ratelimit-[\w-]+$/,
  /^openai-(model|processing-ms|version)$/,
  /^x-reasoning-included$/,
  /^x-models-etag$/,
]

/**
 * The headers that a replay needs, by lower-case names. All others stay out: cookies and accounts are nobody else's
 * business, and lengths, encodings and connections are of a transfer that is over.
 */
export function tellingHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const lower = name.toLowerCase()
      if (value === undefined || !TELLING.some((pattern) => pattern.test(lower))) return []
      return [[lower, typeof value === 'string' ? value : value.join(', ')] as const]
    }),
  )
}
