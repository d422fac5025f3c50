import type { ModelPrice } from '../pricing/model-price.ts'
import { type PriceBook, priceOf } from '../pricing/price-book.ts'

const DAY_MS = 86_400_000

/** Prices in force on a day, given in days since the epoch, UTC; each is looked up once. */
export function dayPrices(book: PriceBook): (model: string, day: number) => ModelPrice {
  const known = new Map<string, ModelPrice>()
  return (model, day) => {
    const key = `${day} ${model}`
    const found = known.get(key) ?? priceOf(book, model, day * DAY_MS)
    known.set(key, found)
    return found
  }
}

/** Days since the epoch, UTC; ISO dates begin with them. Parsing a date takes longer than pricing a call: kept. */
export function dayReader(): (at: string | null) => number | null {
  const known = new Map<string, number>()
  return (at) => {
    if (at === null) return null
    const date = at.slice(0, 10)
    const day = known.get(date) ?? dayOfMs(Date.parse(date))
    known.set(date, day)
    return Number.isNaN(day) ? null : day
  }
}

export const dayOfMs = (ms: number): number => Math.floor(ms / DAY_MS)
