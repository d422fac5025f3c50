import { entryOf, normalModelName, runsLocally } from './alias.ts'
import type { ModelPrice } from './model-price.ts'
import { overridePrice, type PriceFile } from './price-file.ts'
import type { Rates } from './rate.ts'

/** Finds the shipped prices in force at a time. `provider` undefined = the maker that the model's name points to. */
export type FindListed = (
  model: string,
  provider: string | undefined,
  atMs: number,
) => { readonly entry: string; readonly rates: Rates } | null

/** Shipped prices and, before them, the user's own. */
export interface PriceBook {
  /** Of the shipped prices, such as `genai-prices 0.1.8`. */
  readonly source: string
  readonly findListed: FindListed
  /** The book's id of a provider by any of its names; null when it has none. */
  readonly providerId: (name: string) => string | null
  readonly override: PriceFile | null
}

/** The price of a model, `model` or `provider/model`, in force at a time (milliseconds since the epoch). */
export function priceOf(book: PriceBook, model: string, atMs: number): ModelPrice {
  const name = normalModelName(model)
  const own = book.override === null ? null : overridePrice(book.override, model, name, atMs)
  if (own !== null) return { ...own, model }
  const asked = book.override?.aliases.get(name) ?? name
  return listedPrice(book, model, normalModelName(asked), atMs)
}

function listedPrice(book: PriceBook, model: string, name: string, atMs: number): ModelPrice {
  const { source } = book
  if (runsLocally(name)) return { kind: 'zero', model, entry: name, source: 'runs locally' }
  const listed = findEntry(book, entryOf(name), atMs)
  if (listed === null) {
    return { kind: 'unknown', model, reason: `${source} lists no price for ${model}` }
  }
  const { entry, rates } = listed
  const prices = Object.values(rates)
  if (prices.every((rate) => rate === null)) {
    // OpenRouter's free variants are listed without a price; anything else without one is not known to be free.
    if (entry.endsWith(':free')) return { kind: 'zero', model, entry, source }
    return { kind: 'unknown', model, reason: `${source} lists ${entry} without prices` }
  }
  return { kind: 'known', model, entry, source, rates }
}

/** A provider that is named is the only one asked: another's price would be a guess. */
function findEntry(book: PriceBook, name: string, atMs: number): ReturnType<FindListed> {
  const slash = name.indexOf('/')
  if (slash < 0) return book.findListed(name, undefined, atMs)
  const provider = book.providerId(name.slice(0, slash))
  const model = name.slice(slash + 1)
  const alias = entryOf(model)
  if (provider === null) return findByMaker(book, name, alias === model ? null : alias, atMs)
  const listedAs = alias.startsWith(`${provider}/`) ? alias.slice(provider.length + 1) : model
  return book.findListed(listedAs, provider, atMs)
}

/** `maker/model`, of a maker without an API in the book, is how OpenRouter and Hugging Face name open weights. */
function findByMaker(
  book: PriceBook,
  name: string,
  alias: string | null,
  atMs: number,
): ReturnType<FindListed> {
  const listed = book.findListed(name, 'openrouter', atMs)
  return listed === null && alias !== null ? findEntry(book, alias, atMs) : listed
}
