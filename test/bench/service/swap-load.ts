/**
 * Posts estimates while a bundle is replaced: `swap-load.ts URL CONNECTIONS PER_SECOND`, until its standard input ends;
 * prints what they took, and which bundles answered, as JSON. Of ten requests nine are of issues never seen before; one
 * in twenty is for three models, one in two hundred so long that a thread of the pool makes its forecast. The first two
 * seconds are not counted.
 */
import { quantile } from '../../../src/regress/quantile.ts'
import { converseWith } from './conversation.ts'
import { issueBodies } from './issue-body.ts'

/** What requests took, and who answered. */
export interface SwapTaken {
  readonly requests: number
  /** Not answered with 2xx, or answered by no bundle. */
  readonly failed: number
  /** Answered by more than one bundle. */
  readonly mixed: number
  /** Sent after a newer bundle had answered, and answered by an older one. */
  readonly wentBack: number
  /** The bundles that answered, in the order of their first answer, with how many. */
  readonly bundles: readonly (readonly [id: string, answers: number])[]
  /** From when it was due to the last byte of the answer, in milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly most: number
}

const MODELS = ['gpt-5', 'claude-sonnet-4-5', 'kimi-k2']
const WARM_MS = 2000
const LONG_CHARS = 20_000
const [ofOne, ofMore] = [issueBodies(), issueBodies(MODELS)]
const longText = JSON.stringify('Rows are lost when the table is read twice. '.repeat(LONG_CHARS / 44))
const [url = '', connections = '50', rate = '500'] = process.argv.slice(2)
const target = new URL(url)
const times: number[] = []
const counts = { failed: 0, mixed: 0, wentBack: 0 }
/** When each bundle answered first. */
const firsts = new Map<string, number>()
const answers = new Map<string, number>()
const startMs = performance.now()
const gapMs = (1000 * Number(connections)) / Number(rate)
const first = Math.floor(Date.now() % 1e9) * 1000
let [sent, isOver] = [0, false]
process.stdin.on('end', () => {
  isOver = true
})
process.stdin.resume()

await Promise.all(Array.from({ length: Number(connections) }, (_, place) => converse(place)))
times.sort((a, b) => a - b)
const taken: SwapTaken = {
  ...counts,
  requests: sent,
  bundles: [...answers],
  p50: quantile(times, 0.5),
  p99: quantile(times, 0.99),
  most: times.at(-1) ?? Number.NaN,
}
process.stdout.write(JSON.stringify(taken))
process.stdin.destroy()

async function converse(place: number): Promise<void> {
  const conversation = converseWith(target)
  let dueMs = startMs + (gapMs * place) / Number(connections)
  while (!isOver) {
    await until(dueMs)
    const { status, text } = await conversation.post(bodyOf(sent++))
    const nowMs = performance.now()
    note(dueMs, status, text)
    if (dueMs >= startMs + WARM_MS) times.push(nowMs - dueMs)
    dueMs += gapMs
  }
  conversation.end()
}

function bodyOf(number: number): string {
  if (number % 200 === 7)
    return `{"id":"long-${first + number}","issue":{"title":"Long (${first + number})","body":${longText}},"models":${JSON.stringify(MODELS)}}`
  if (number % 20 === 1) return ofMore(first + number)
  return ofOne(number % 10 === 0 ? first : first + number)
}

function note(dueMs: number, status: number, text: string): void {
  const nowMs = performance.now()
  const named = new Set(Array.from(text.matchAll(/"bundle":"([^"]+)"/g), ([, id]) => id ?? ''))
  const [id] = named
  if (status < 200 || status > 299 || id === undefined) {
    counts.failed++
    return
  }
  if (named.size > 1) counts.mixed++
  const isOld = [...firsts].some(
    ([other, atMs]) => other !== id && atMs > (firsts.get(id) ?? nowMs) && atMs < dueMs,
  )
  if (isOld) counts.wentBack++
  if (!firsts.has(id)) firsts.set(id, nowMs)
  answers.set(id, (answers.get(id) ?? 0) + 1)
}

function until(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms - performance.now())))
}
