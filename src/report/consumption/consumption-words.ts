import { shortTokens } from '../../units.ts'
import { onBenchmark } from '../where.ts'
import { known, type TaskMeans } from './task-means.ts'

/** Who spends least and most on a benchmark, in plain words; nothing where no system tells tokens. */
export function consumptionWords(
  benchmark: string,
  systems: readonly TaskMeans[],
  which = '',
): readonly string[] {
  const spent = systems.flatMap(spentBy).sort((a, b) => a.mean - b.mean)
  const [least, most] = [spent[0], spent.at(-1)]
  if (least === undefined || most === undefined) return []
  const head = `${onBenchmark(benchmark)}, ${which}a run takes`
  if (least === most) return [`${head} ${shortTokens(least.mean)} tokens with ${least.name}.`]
  const factor = most.mean / least.mean
  if (factor < 1.05) return [`${head} about ${shortTokens(least.mean)} tokens, whichever the system.`]
  const times = Number.isFinite(factor) ? `, × ${Number(factor.toPrecision(2))}` : ''
  const own = hasSameTasks(least.ids, most.ids) ? '' : ', each on its own tasks'
  return [
    `${head} ${shortTokens(least.mean)} tokens with ${least.name}, which takes least, and ${shortTokens(most.mean)} with ${most.name}, which takes most${times}${own}.`,
  ]
}

/** The mean over the tasks whose tokens are known; `ids` = these tasks. */
function spentBy({ name, ids, total }: TaskMeans) {
  const values = known(total)
  if (values.length === 0) return []
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return [{ name, mean, ids: ids.filter((_, i) => !Number.isNaN(total[i])) }]
}

function hasSameTasks(a: readonly string[], b: readonly string[]): boolean {
  const tasks = new Set(a)
  return tasks.size === new Set(b).size && b.every((id) => tasks.has(id))
}
