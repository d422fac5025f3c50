import type { Rates } from './rate.ts'

/** The price of a model at a time: known, known to be nothing, or unknown, which is never read as nothing. */
export type ModelPrice = KnownPrice | ZeroPrice | UnknownPrice

/** A model that the price book lists; single classes may still lack a price. */
export interface KnownPrice {
  readonly kind: 'known'
  /** As it was asked for. */
  readonly model: string
  /** The line of the price book, as `provider/model`. */
  readonly entry: string
  /** The price book and its version, such as `genai-prices 0.1.8`, or the override file. */
  readonly source: string
  readonly rates: Rates
}

/** A model whose tokens are known to cost nothing. */
export interface ZeroPrice {
  readonly kind: 'zero'
  readonly model: string
  readonly entry: string
  readonly source: string
}

/** A model that no price book lists, or lists without prices. */
export interface UnknownPrice {
  readonly kind: 'unknown'
  readonly model: string
  readonly reason: string
}
