import type * as GenaiPrices from '@pydantic/genai-prices'
import type { PriceBook } from './price-book.ts'
import type { Rate, Rates } from './rate.ts'

/** Looks prices up in `@pydantic/genai-prices`, whose table is dated and comes with the package. */
export function listedIn(library: typeof GenaiPrices): Pick<PriceBook, 'findListed' | 'providerId'> {
  const find: PriceBook['findListed'] = (model, provider, atMs) => {
    const found = library.calcPrice({}, model, {
      timestamp: new Date(atMs),
      ...(provider === undefined ? {} : { providerId: provider }),
    })
    if (found === null) return null
    return { entry: `${found.provider.id}/${found.model.id}`, rates: ratesOf(found.model_price) }
  }
  return {
    findListed: rememberedFor(find),
    providerId: (name) => library.findProvider({ providerId: name })?.id ?? null,
  }
}

/** Looks each model up once for a moment: a batch asks for the same few again and again. */
function rememberedFor(find: PriceBook['findListed']): PriceBook['findListed'] {
  const found = new Map<string, ReturnType<typeof find>>()
  let momentMs = Number.NaN
  return (model, provider, atMs) => {
    if (atMs !== momentMs) found.clear()
    momentMs = atMs
    const key = `${provider ?? ''} ${model}`
    const known = found.get(key)
    if (known !== undefined) return known
    const price = find(model, provider, atMs)
    found.set(key, price)
    return price
  }
}

function ratesOf(price: GenaiPrices.ModelPrice): Rates {
  return {
    input: rateOf(price.input_mtok),
    cacheRead: rateOf(price.cache_read_mtok),
    cacheWrite5m: rateOf(price.cache_write_mtok),
    cacheWrite1h: rateOf(price.cache_write_1h_mtok),
    output: rateOf(price.output_mtok),
  }
}

function rateOf(listed: GenaiPrices.ModelPrice[string]): Rate | null {
  if (listed === undefined) return null
  if (typeof listed === 'number') return { base: listed, tiers: [] }
  const tiers = listed.tiers.map(({ start, price }) => ({ above: start, perMillion: price }))
  return { base: listed.base, tiers: tiers.sort((a, b) => a.above - b.above) }
}
