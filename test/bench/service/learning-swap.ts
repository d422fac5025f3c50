import { setTimeout } from 'node:timers/promises'
import { type Finding, findingOf, median, milliseconds } from '../finding.ts'
import { type Running, startService, swapLoad } from './processes.ts'
import type { SwapTaken } from './swap-load.ts'

const ROUNDS = 2
const IDLE_MS = 15_000
const AFTER_MS = 5000
/** One thread for the event loop, one for the training: two cores are taken. */
const SETTINGS = { threads: 1, learning: { automatic: false } }

/**
 * 500 estimates a second, nearly all of issues never seen before, while a bundle is made in a process of its own and put
 * in force: how long they take, against the same without a training, and whether each is answered by one bundle.
 */
export async function learningSwap(): Promise<readonly Finding[]> {
  const rounds: Round[] = []
  for (let round = 0; round < ROUNDS; round++) rounds.push(await oneRound())
  const [idle, busy] = [rounds.map(({ idle }) => idle), rounds.map(({ busy }) => busy)]
  const of = (taken: readonly SwapTaken[], what: 'p99' | 'most') =>
    milliseconds(median(taken.map((one) => one[what])))
  const requests = busy.reduce((sum, one) => sum + one.requests, 0).toLocaleString('en-US')
  const sum = (what: 'failed' | 'mixed' | 'wentBack') =>
    findingOf([busy.reduce((all, one) => all + one[what], 0)], { unit: '×', target: 0, what: WRONG[what] })
  return [
    findingOf(
      busy.map(({ p99 }, round) => p99 / (idle[round]?.p99 ?? Number.NaN)),
      {
        unit: '×',
        target: 3,
        what: `p99 at 500/s while a bundle is made and replaced (${of(busy, 'p99')}, at most ${of(busy, 'most')}; ${requests} requests) : without (${of(idle, 'p99')}, at most ${of(idle, 'most')})`,
      },
    ),
    ...[sum('failed'), sum('mixed'), sum('wentBack')],
    findingOf(
      rounds.map(({ seconds }) => seconds),
      { unit: 's', target: null, what: 'from asking for the training until its bundle forecasts' },
    ),
  ]
}

const WRONG = {
  failed: 'requests that failed meanwhile',
  mixed: 'answers by two bundles',
  wentBack: 'answers by the old bundle to what was asked after the new one had answered',
} as const

interface Round {
  readonly idle: SwapTaken
  readonly busy: SwapTaken
  readonly seconds: number
}

async function oneRound(): Promise<Round> {
  const service = await startService(SETTINGS)
  try {
    const url = new URL('/v1/estimates', service.url).href
    // What is compiled on the way is not what is measured.
    const first = swapLoad(url)
    await setTimeout(IDLE_MS)
    await first.end()
    const quiet = swapLoad(url)
    await setTimeout(IDLE_MS)
    const idle = await quiet.end()
    const load = swapLoad(url)
    await setTimeout(AFTER_MS)
    const seconds = await train(service)
    await setTimeout(AFTER_MS)
    const busy = await load.end()
    const [old, fresh] = busy.bundles.map(([id]) => id)
    if (old !== 'verified-1' || fresh !== NEW || busy.bundles.length !== 2)
      throw new Error(`answered by ${JSON.stringify(busy.bundles)}, not by the old and then the new bundle`)
    return { idle, busy, seconds }
  } finally {
    await service.end()
  }
}

const NEW = 'bench-1'
const ASK_EVERY_MS = 500

/** Has a bundle made and put in force; gives the seconds that it took. */
async function train({ url }: Running): Promise<number> {
  const start = performance.now()
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ from: 'tables', id: NEW, seed: 2, force: true })
  const taken = await fetch(new URL('/v1/trainings', url), { method: 'POST', headers, body })
  const place = taken.headers.get('location')
  if (place === null) throw new Error(`${taken.status}: ${await taken.text()}`)
  for (;;) {
    await setTimeout(ASK_EVERY_MS)
    const job = (await (await fetch(new URL(place, url))).json()) as { state: string; failure: unknown }
    if (job.state === 'done') return (performance.now() - start) / 1000
    if (!['queued', 'running'].includes(job.state)) throw new Error(`the training ${JSON.stringify(job)}`)
  }
}
