import type { RequestFacts } from '../exchange/exchange.ts'
import type { OpenRun } from './open-run.ts'

/** The answers of tools that a run has not told before: every request carries its whole conversation along. */
export function newToolResults(
  { toldResults }: OpenRun,
  results: RequestFacts['toolResults'],
): RequestFacts['toolResults'] {
  return results.filter(({ id }) => {
    const isNew = !toldResults.has(id)
    toldResults.add(id)
    return isNew
  })
}
