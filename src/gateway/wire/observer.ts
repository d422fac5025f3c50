import type { ReplyFacts } from '../exchange.ts'

/** Gathers what one streamed reply says beside its usage. Takes whatever comes, and never throws. */
export interface Observer {
  /** The next event of the stream, parsed from JSON. */
  readonly push: (event: unknown) => void
  readonly end: () => ReplyFacts
}

/** How one provider's protocol tells what a reply is about. */
export interface ReplyDialect {
  readonly observer: () => Observer
  readonly message: (body: unknown) => ReplyFacts
}
