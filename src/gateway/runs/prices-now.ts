import type { ModelPrice } from '../../pricing/model-price.ts'
import { type PriceBook, priceOf } from '../../pricing/price-book.ts'
import type { PriceNow } from '../budget/measure.ts'

/** Prices change from one day to another, and are looked up for each call. */
const KEPT_MS = 60_000
/** Anybody may ask for a model that there is not. */
const MOST_KEPT = 1000

/** Prices in force now, each looked up once a minute. */
export function pricesNow(book: PriceBook, nowMs: () => number): PriceNow {
  const kept = new Map<string, { readonly price: ModelPrice; readonly untilMs: number }>()
  return (model) => {
    const now = nowMs()
    const found = kept.get(model)
    if (found !== undefined && found.untilMs > now) return found.price
    if (kept.size >= MOST_KEPT) kept.clear()
    const price = priceOf(book, model, now)
    kept.set(model, { price, untilMs: now + KEPT_MS })
    return price
  }
}
