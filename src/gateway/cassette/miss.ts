import type { Asked } from './asked.ts'
import { canonicalJson, isObject } from './canonical-json.ts'
import type { Cassette, Recorded } from './cassette-file.ts'
import { type Difference, firstDifference, likeness } from './request-difference.ts'
import { withoutUnasked } from './unasked.ts'

/** Why a request has no reply in a cassette. */
export interface Miss {
  /** For a person: which request, and what to look at. */
  readonly reason: string
  /** How often just this request was recorded; all of them are played. */
  readonly recordedTimes: number
  /** What is not played yet and comes nearest; null = all is played. */
  readonly nearest: Nearest | null
}

/** An exchange that comes near a request. */
export interface Nearest {
  readonly order: number
  readonly difference: Difference
  /** Only dates, ids, folders and the like differ: lenient matching plays it. */
  readonly isLenientMatch: boolean
}

/** Why this request cannot be answered. It shows values, from which secrets were taken. */
export function missOf(asked: Asked, cassette: Cassette, played: ReadonlySet<Recorded>): Miss {
  const left = cassette.exchanges.filter((exchange) => !played.has(exchange))
  const recordedTimes = cassette.exchanges.filter(({ keys }) => keys.strict === asked.keys.strict).length
  const nearest = nearestOf(asked, left)
  const parts = [`${cassette.file} has no reply left for ${named(asked)}`]
  if (recordedTimes > 0) parts.push(`it was recorded ${times(recordedTimes)}, and asked for more often`)
  parts.push(nearest === null ? 'all that was recorded is played' : nearestText(nearest))
  if (nearest?.isLenientMatch)
    parts.push('only what changes from run to run differs: lenient matching plays it')
  return { reason: parts.join('; '), recordedTimes, nearest }
}

function named({ provider, path, body }: Asked): string {
  const model =
    isObject(body) && typeof body.model === 'string'
      ? ` (${JSON.stringify(body.model.slice(0, 100)).slice(1, -1)})`
      : ''
  return `${provider} ${path}${model}`
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)

function nearestText({ order, difference: { pointer, recorded, asked } }: Nearest): string {
  const place = pointer === '' ? 'the whole request' : pointer
  return `the nearest that is not played, number ${order}, differs first at ${place}: recorded ${recorded ?? 'nothing'}, asked ${asked ?? 'nothing'}`
}

function nearestOf(asked: Asked, left: readonly Recorded[]): Nearest | null {
  const comparable = comparableOf(asked)
  const sameTarget = left.filter(({ provider, path }) => provider === asked.provider && path === asked.path)
  const scored = (sameTarget.length > 0 ? sameTarget : left).map((exchange) => {
    const recorded = comparableOf(exchange)
    return { exchange, recorded, score: likeness(recorded, comparable) }
  })
  const best = scored.reduce<(typeof scored)[number] | null>(
    (first, other) => (first === null || other.score > first.score ? other : first),
    null,
  )
  const difference = best && firstDifference(best.recorded, comparable)
  if (best === null || difference === null) return null
  return {
    order: best.exchange.order,
    difference: { ...difference, pointer: pointerIn(difference.pointer) },
    isLenientMatch: best.exchange.keys.lenient === asked.keys.lenient,
  }
}

/** What the strict key is made of. Where the body differs, its own pointer is told. */
function comparableOf({ provider, path, query, body }: Asked): unknown {
  return {
    '(provider)': provider,
    '(path)': path,
    '(query)': query,
    body: canonicalJson(withoutUnasked(body)),
  }
}

const pointerIn = (pointer: string): string => pointer.replace(/^\/body(?=\/|$)/, '').replace(/^\/\(/, '(')
