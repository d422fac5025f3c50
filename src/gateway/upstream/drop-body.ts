import type { Readable } from 'node:stream'

/** Ends a reply that nobody reads any further, with its connection: how long it would go on is not known. */
export function dropBody(body: Readable): void {
  body.on('error', () => {}) // it is told already how this ended
  body.destroy()
}
