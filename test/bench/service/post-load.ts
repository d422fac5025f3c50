/**
 * Posts estimates, in a process of its own: `post-load.ts URL same|distinct CONNECTIONS SECONDS [PER_SECOND]`. Each
 * connection sends one after the other, at a rate where one is given; prints what they took as JSON. The first two
 * seconds are not counted.
 */
import { quantile } from '../../../src/regress/quantile.ts'
import { converseWith } from './conversation.ts'
import { issueBodies } from './issue-body.ts'

/** What requests took. */
export interface PostsTaken {
  readonly requests: number
  readonly failed: number
  readonly perSecond: number
  /** From sending to the last byte of the answer; with a rate, from when it was due. Milliseconds. */
  readonly p50: number
  readonly p99: number
}

const issueBody = issueBodies()
const [url = '', bodies = 'same', connections = '50', seconds = '5', rate] = process.argv.slice(2)
const target = new URL(url)
const WARM_MS = 2000
const times: number[] = []
let [sent, counted, failed] = [0, 0, 0]
const startMs = performance.now()
const endMs = startMs + WARM_MS + Number(seconds) * 1000
const gapMs = rate === undefined ? 0 : (1000 * Number(connections)) / Number(rate)
// Never the same texts as another process.
const first = bodies === 'same' ? null : Math.floor(Date.now() % 1e9) * 1000

await Promise.all(Array.from({ length: Number(connections) }, (_, i) => converse(i)))
times.sort((a, b) => a - b)
const taken: PostsTaken = {
  requests: counted,
  failed,
  perSecond: counted / Number(seconds),
  p50: times.length === 0 ? Number.NaN : quantile(times, 0.5),
  p99: times.length === 0 ? Number.NaN : quantile(times, 0.99),
}
process.stdout.write(JSON.stringify(taken))

async function converse(place: number): Promise<void> {
  const conversation = converseWith(target)
  let dueMs = startMs + (gapMs * place) / Number(connections)
  for (;;) {
    if (gapMs > 0) await until(dueMs)
    const beganMs = gapMs > 0 ? dueMs : performance.now()
    if (beganMs >= endMs) break
    const body = issueBody(first === null ? 0 : first + sent)
    sent++
    const { status } = await conversation.post(body)
    const nowMs = performance.now()
    if (status < 200 || status > 299) failed++
    if (beganMs >= startMs + WARM_MS) {
      counted++
      times.push(nowMs - beganMs)
    }
    dueMs += gapMs
  }
  conversation.end()
}

function until(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms - performance.now())))
}
