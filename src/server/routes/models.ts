import { z } from 'zod'
import { BY } from '../../forecast/in-force.ts'
import { listBundles } from '../../forecast/read-bundle.ts'
import { readInForce } from '../../forecast/read-in-force.ts'
import { priceOf } from '../../pricing/price-book.ts'
import { Name } from '../schemas/names.ts'
import { json, route } from './route.ts'

const Pair = z.object({
  agent: z.string(),
  model: z.string(),
  tasks: z.int().meta({ description: 'tasks it was trained on' }),
  runs: z.int().meta({ description: 'runs of each' }),
})

const Change = z.object({
  bundle: z.string(),
  previous: z.string().nullable().meta({ description: 'what it came in place of; null = nothing' }),
  at: z.string(),
  by: z.enum(BY).meta({ description: 'keep: what was in force already was written down' }),
  forced: z.boolean().meta({ description: 'against the advice of the comparison' }),
  why: z.string(),
})

/** The answer of `GET /v1/models`. */
export const Models = z
  .object({
    schema: z.literal('models/1'),
    current: z.string().meta({ description: 'the bundle that forecasts' }),
    bundles: z.array(z.string()),
    inForce: z
      .string()
      .nullable()
      .meta({ description: 'the one put in force; null = none was, and the last by name forecasts' }),
    history: z.array(Change).meta({ description: 'how that came, the newest last; at most 200' }),
    data: z.string().meta({ description: 'SHA-256 of the tables it was trained on' }),
    tasks: z.int(),
    pairs: z.array(Pair),
    repositories: z.array(z.string()).meta({ description: 'those it knows' }),
  })
  .meta({ id: 'Models' })

/** `GET /v1/models`. */
export const allModels = route({
  method: 'get',
  path: '/v1/models',
  access: 'any-key',
  tag: 'models',
  summary: 'The bundle that forecasts, and the agents and models it knows',
  responses: { 200: { description: 'what it knows', schema: Models } },
  async handle({ context }) {
    const { id: current, forecaster } = context.inForce()
    const { bundle } = forecaster
    const { repositories } = bundle.heads.repository.encoding
    const pairs = bundle.pairs.map(({ agent, model, tasks, runs }) => ({ agent, model, tasks, runs }))
    const { data, tasks } = bundle
    const [bundles, written] = await Promise.all([listBundles(context.models), readInForce(context.models)])
    const inForce = { inForce: written?.bundle ?? null, history: written?.history ?? [] }
    return json(
      200,
      { schema: 'models/1', current, bundles, ...inForce, data, tasks, pairs, repositories },
      { hasTag: true },
    )
  },
})

const Rate = z.object({
  base: z.number(),
  tiers: z.array(z.object({ above: z.number(), perMillion: z.number() })),
})

const Price = z.object({
  model: z.string(),
  kind: z.enum(['known', 'zero', 'unknown']),
  entry: z.string().nullable(),
  source: z.string().nullable(),
  rates: z
    .object({
      input: Rate.nullable(),
      cacheRead: Rate.nullable(),
      cacheWrite5m: Rate.nullable(),
      cacheWrite1h: Rate.nullable(),
      output: Rate.nullable(),
    })
    .nullable()
    .meta({ description: 'dollars per million tokens; null = not known' }),
  reason: z.string().nullable(),
})

/** The answer of `GET /v1/prices`. */
export const Prices = z
  .object({
    schema: z.literal('prices-in-force/1'),
    at: z.string(),
    book: z.string(),
    prices: z.array(Price),
  })
  .meta({ id: 'Prices' })

/** `GET /v1/prices`. */
export const allPrices = route({
  method: 'get',
  path: '/v1/prices',
  access: 'any-key',
  tag: 'models',
  summary: 'The prices in force today',
  query: z.strictObject({
    model: Name.optional().meta({
      description: 'of this model; of those that the bundle knows when left out',
    }),
  }),
  responses: { 200: { description: 'dollars per million tokens', schema: Prices } },
  handle({ context, query }) {
    const { forecaster, book } = context.inForce()
    const known = [...new Set(forecaster.bundle.pairs.map(({ model }) => model))].sort()
    const atMs = context.nowMs()
    const prices = (query.model === undefined ? known : [query.model]).map((model) => {
      const price = priceOf(book, model, atMs)
      return {
        model,
        kind: price.kind,
        entry: price.kind === 'unknown' ? null : price.entry,
        source: price.kind === 'unknown' ? null : price.source,
        rates: price.kind === 'known' ? price.rates : null,
        reason: price.kind === 'unknown' ? price.reason : null,
      }
    })
    const at = new Date(atMs).toISOString().slice(0, 10)
    return json(200, { schema: 'prices-in-force/1', at, book: book.source, prices }, { hasTag: true })
  },
})
