/** A path of this service, of parts that may be of others: `ownPath('runs', id)`. Half a character is none in an address. */
export const ownPath = (...parts: readonly string[]): string =>
  parts.map((part) => `/${encodeURIComponent(part.toWellFormed())}`).join('')
