import { setTimeout } from 'node:timers/promises'
import { type Finding, findingOf, milliseconds } from '../finding.ts'
import { memoryMb, posts, startService } from './processes.ts'

const MINUTES = 10
const SHARE = 0.7
const CONNECTIONS = 50
const EVERY_MS = 10_000

/**
 * Ten minutes at .7 of what the service answers at most, each estimate of an issue of its own: how its memory grows from
 * the second minute on, and how many estimates fail.
 */
export async function serviceSoak(): Promise<readonly Finding[]> {
  const service = await startService()
  try {
    const url = new URL('/v1/estimates', service.url).href
    const most = await posts(url, { bodies: 'distinct', connections: CONNECTIONS, seconds: 10 })
    const perSecond = Math.floor(most.perSecond * SHARE)
    const seconds = MINUTES * 60
    const state = { isOver: false }
    const load = posts(url, { bodies: 'distinct', connections: CONNECTIONS, seconds, perSecond }).finally(
      () => {
        state.isOver = true
      },
    )
    const memory: number[] = []
    while (!state.isOver) {
      await Promise.race([setTimeout(EVERY_MS), load])
      if (!state.isOver) memory.push(memoryMb(service.pid))
    }
    const taken = await load
    const tenth = Math.ceil(memory.length / 10)
    const mean = (part: readonly number[]): number => part.reduce((sum, mb) => sum + mb, 0) / part.length
    const [early, late] = [mean(memory.slice(tenth, 2 * tenth)), mean(memory.slice(-tenth))]
    const rate = `${taken.requests.toLocaleString('en-US')} estimates, ${perSecond}/s`
    return [
      findingOf([late / early], {
        unit: '×',
        target: 1.1,
        what: `memory of the last minute (${late.toFixed(0)} MB) : of the second (${early.toFixed(0)} MB), ${rate}`,
      }),
      findingOf([taken.failed], { unit: '×', target: 0, what: 'estimates that failed' }),
      findingOf([taken.p99], { unit: 'ms', target: null, what: `p99; p50 ${milliseconds(taken.p50)}` }),
    ]
  } finally {
    await service.end()
  }
}
