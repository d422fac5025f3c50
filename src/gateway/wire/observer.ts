import type { EventSink } from '../../usage/json-events.ts'
import type { ReplyFacts } from '../exchange/exchange.ts'

/** Gathers what one streamed reply says beside its usage. Takes whatever comes, and never throws. */
export interface Observer extends EventSink {
  readonly end: () => ReplyFacts
}

/** How one provider's protocol tells what a reply is about. */
export interface ReplyDialect {
  readonly observer: () => Observer
  readonly message: (body: unknown) => ReplyFacts
}
