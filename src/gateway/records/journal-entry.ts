import type { WrittenConditions } from '../../trajectory/conditions.ts'
import type { Outcome } from '../../trajectory/run.ts'
import type { Exchange } from '../exchange/exchange.ts'

/** What is said of a run when it is opened. Null = not said. */
export interface RunMeta {
  /** What the run is called in the store. */
  readonly id: string
  /** Unique: the id is made of it. */
  readonly key: string
  readonly task: {
    readonly id: string | null
    readonly benchmark: string | null
    readonly repository: string | null
  }
  readonly agent: string | null
  readonly agentVersion: string | null
  /** Which of the repeats, from 1. */
  readonly repeat: number | null
  readonly host: string | null
  readonly multiplier: WrittenConditions['multiplier']
  readonly concurrency: number | null
  /** What the agent is told to use. */
  readonly model: string | null
  /** It is kept even where it asked for nothing: that an agent never came so far is a result. */
  readonly isAttempt: boolean
  /** Replies come from a cassette: nothing is paid. */
  readonly replayed: boolean
}

/** An exchange of which only the beginning is known. */
export type BegunExchange = Pick<
  Exchange,
  'id' | 'run' | 'at' | 'provider' | 'kind' | 'path' | 'request' | 'retry'
>

/** How a run ended, as far as the gateway can tell. */
export interface RunEnd {
  readonly run: string
  readonly outcome: Outcome | null
  readonly wallSeconds: number
}

/** One line of the journal. */
export type JournalEntry =
  | { readonly say: 'opened'; readonly at: string; readonly run: RunMeta }
  | { readonly say: 'begun'; readonly exchange: BegunExchange }
  | { readonly say: 'ended'; readonly exchange: Exchange }
  | ({ readonly say: 'closed' } & RunEnd)
