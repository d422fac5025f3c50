import { z } from 'zod'
import { checkShape } from '../json.ts'
import { normalModelName } from './alias.ts'
import type { KnownPrice, ZeroPrice } from './model-price.ts'
import type { Rate, Rates } from './rate.ts'

/** US dollars per million tokens, at most six decimals, so that money stays exact. */
const PerMillion = z
  .number()
  .nonnegative()
  .max(1e9)
  .refine((price) => Math.abs(price * 1e6 - Math.round(price * 1e6)) < 1e-3, 'at most six decimals')

const Tier = z.strictObject({ above: z.number().int().nonnegative(), perMillion: PerMillion })

const RateField = z.union(
  [PerMillion, z.strictObject({ base: PerMillion, tiers: z.array(Tier).default([]) })],
  {
    error: 'expected US dollars per million tokens, or {"base", "tiers": [{"above", "perMillion"}]}',
  },
)

const RatesField = z.strictObject({
  /** First day, UTC, on which the prices are in force. */
  from: z.iso.date().optional(),
  input: RateField,
  cacheRead: RateField.optional(),
  cacheWrite5m: RateField.optional(),
  cacheWrite1h: RateField.optional(),
  output: RateField,
})

const Entry = z.union([z.literal('free'), RatesField, z.array(RatesField).min(1)], {
  error: 'expected "free", prices, or a list of prices with their first days',
})

/** The file given with `--prices`: prices by model, each `"free"`, one set of prices, or several with `from` dates. */
export const PriceFileShape = z.strictObject({
  $schema: z.string().optional(),
  schema: z.literal('prices/1'),
  models: z.record(z.string().min(1), Entry),
  /** Names of your own for models of this file or of the shipped prices. */
  aliases: z.record(z.string().min(1), z.string().min(1)).default({}),
})

interface DatedRates {
  readonly fromMs: number
  readonly rates: Rates
}

/** The user's own prices, by normal model name. */
export interface PriceFile {
  /** The file's name, as given. */
  readonly source: string
  readonly models: ReadonlyMap<string, 'free' | readonly DatedRates[]>
  readonly aliases: ReadonlyMap<string, string>
}

/** Parses the JSON of a price file. @throws KnownError `prices-malformed`, by JSON pointer */
export function parsePriceFile(json: unknown, source: string): PriceFile {
  const file = checkShape(PriceFileShape, json, source, 'prices-malformed')
  const models = Object.entries(file.models).map(
    ([model, entry]) => [normalModelName(model), entry === 'free' ? entry : datedRates(entry)] as const,
  )
  const aliases = Object.entries(file.aliases).map(([name, model]) => [normalModelName(name), model] as const)
  return { source, models: new Map(models), aliases: new Map(aliases) }
}

/** The user's own price in force at a time; null when the file has none, so that the shipped prices are asked. */
export function overridePrice(
  file: PriceFile,
  model: string,
  name: string,
  atMs: number,
): KnownPrice | ZeroPrice | null {
  const alias = file.aliases.get(name)
  const entry = alias !== undefined && !file.models.has(name) ? normalModelName(alias) : name
  const found = file.models.get(entry)
  if (found === undefined) return null
  if (found === 'free') return { kind: 'zero', model, entry, source: file.source }
  const inForce = found.filter(({ fromMs }) => fromMs <= atMs).at(-1)
  return inForce === undefined
    ? null
    : { kind: 'known', model, entry, source: file.source, rates: inForce.rates }
}

type RatesJson = z.infer<typeof RatesField>

function datedRates(entry: RatesJson | readonly RatesJson[]): readonly DatedRates[] {
  const list = 'input' in entry ? [entry] : entry
  const dated = list.map((rates) => ({
    fromMs: rates.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(rates.from),
    rates: {
      input: rateOf(rates.input),
      cacheRead: rateOf(rates.cacheRead),
      cacheWrite5m: rateOf(rates.cacheWrite5m),
      cacheWrite1h: rateOf(rates.cacheWrite1h),
      output: rateOf(rates.output),
    },
  }))
  return dated.sort((a, b) => (a.fromMs < b.fromMs ? -1 : a.fromMs > b.fromMs ? 1 : 0))
}

function rateOf(field: z.infer<typeof RateField> | undefined): Rate | null {
  if (field === undefined) return null
  if (typeof field === 'number') return { base: field, tiers: [] }
  return { base: field.base, tiers: [...field.tiers].sort((a, b) => a.above - b.above) }
}
