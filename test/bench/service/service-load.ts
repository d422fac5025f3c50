import { setTimeout } from 'node:timers/promises'
import { type Finding, findingOf, median, milliseconds } from '../finding.ts'
import { syntheticRepository } from '../synthetic-repository.ts'
import type { PostsTaken } from './post-load.ts'
import { posts, type Running, startEcho, startService } from './processes.ts'

const ROUNDS = 3
const LOAD = { connections: 50, seconds: 5 }
/** So many estimates a second are no load. */
const QUIET = { bodies: 'distinct', connections: 4, seconds: 6, perSecond: 40 } as const

/**
 * The service as it is installed, with its store: how many estimates it answers and keeps, beside a bare route that parses
 * the same body by the same schema and sends it back; and how long estimates take while a repository is indexed.
 */
export async function serviceLoad(): Promise<readonly Finding[]> {
  const [echo, service] = [await startEcho(), await startService()]
  try {
    const rounds = []
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push({
        echo: await taken(echo, '/', 'same'),
        same: await taken(service, '/v1/estimates', 'same'),
        distinct: await taken(service, '/v1/estimates', 'distinct'),
      })
    }
    return [...throughputs(rounds), ...(await whileIndexing())]
  } finally {
    await service.end()
    await echo.end()
  }
}

interface Round {
  readonly echo: PostsTaken
  readonly same: PostsTaken
  readonly distinct: PostsTaken
}

async function taken(running: Running, path: string, bodies: 'same' | 'distinct'): Promise<PostsTaken> {
  const once = await posts(new URL(path, running.url).href, { ...LOAD, bodies })
  if (once.failed > 0) throw new Error(`${path}: ${once.failed} requests failed`)
  return once
}

function throughputs(rounds: readonly Round[]): readonly Finding[] {
  const rate = (lane: keyof Round) => `${median(rounds.map((round) => round[lane].perSecond)).toFixed(0)}/s`
  const share = (lane: 'same' | 'distinct', what: string, target: number | null) =>
    findingOf(
      rounds.map((round) => round.echo.perSecond / round[lane].perSecond),
      {
        unit: '×',
        target,
        what: `time of an estimate, ${what} (${rate(lane)}), against a bare route (${rate('echo')})`,
      },
    )
  const tail = (lane: 'same' | 'distinct', what: string) =>
    findingOf(
      rounds.map((round) => round[lane].p99 / round[lane].p50),
      {
        unit: '×',
        target: 5,
        what: `p99 (${milliseconds(median(rounds.map((round) => round[lane].p99)))}) of its p50, ${what}, 50 connections`,
      },
    )
  return [
    share('same', 'of one issue', 1 / 0.3),
    share('distinct', 'each of an issue of its own', null),
    tail('same', 'of one issue'),
    tail('distinct', 'each of an issue of its own'),
  ]
}

const REPOSITORIES = 6

/** Plain estimates, when nothing else is asked, and while repositories of 2,500 files are read for the first time. */
async function whileIndexing(): Promise<readonly Finding[]> {
  const paths = Array.from({ length: REPOSITORIES }, (_, seed) => syntheticRepository({ seed, commits: 1 }))
  const registered = Object.fromEntries(paths.map((path, i) => [`bench/large-${i}`, path]))
  const [idle, busy]: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    // Each has a cache of its own, so that the repositories are new to it.
    const service = await startService({ repositories: { registered } })
    try {
      const url = new URL('/v1/estimates', service.url).href
      idle.push((await posts(url, QUIET)).p99)
      const load = posts(url, QUIET)
      await setTimeout(WARM_MS)
      for (const name of Object.keys(registered)) await forecastIn(url, name)
      busy.push((await load).p99)
    } finally {
      await service.end()
    }
  }
  const what = `p99 of estimates (${milliseconds(median(busy))}) while 2,500 files are indexed : when idle (${milliseconds(median(idle))})`
  return [
    findingOf(
      busy.map((ms, round) => ms / (idle[round] as number)),
      { unit: '×', target: 3, what },
    ),
  ]
}

/** The load is not counted before this. */
const WARM_MS = 2000

async function forecastIn(url: string, name: string): Promise<void> {
  const body = { issue: { title: 'Rows are lost' }, models: ['gpt-5'], repository: { name } }
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status}: ${text}`)
}
