import type { PriceNow } from './budget/measure.ts'
import type { Provider } from './endpoint.ts'
import type { Exchange } from './exchange/exchange.ts'
import type { ReplySource } from './exchange/reply-source.ts'
import type { JournalEntry } from './records/journal-entry.ts'
import type { OpenRun } from './runs/open-run.ts'

/** What is told of a gateway while it runs. */
export type GatewayEvent =
  | { readonly kind: 'opened' | 'closed' | 'begun'; readonly run: OpenRun }
  | { readonly kind: 'ended'; readonly run: OpenRun; readonly exchange: Exchange }
  /** A part of a limit is used up; `group` names the group whose limit it is. */
  | {
      readonly kind: 'warning'
      readonly run: OpenRun
      readonly limit: string
      readonly percent: number
      readonly group: string | null
    }
  /** A call was refused, or cut off. */
  | { readonly kind: 'over-budget'; readonly run: OpenRun; readonly message: string }
  /** Something that the people who run the gateway have to know. */
  | { readonly kind: 'trouble'; readonly message: string }

/** What every exchange of a gateway has in common. */
export interface GatewayContext {
  /** Where replies come from: the providers, or a cassette. */
  readonly source: ReplySource
  readonly providers: ReadonlySet<Provider>
  readonly record: (entry: JournalEntry) => void
  readonly tell: (event: GatewayEvent) => void
  readonly priceNow: PriceNow
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
  /** So long may a provider, or a client, keep silent. */
  readonly silenceMs: number
  readonly mostRequestBytes: number
}
