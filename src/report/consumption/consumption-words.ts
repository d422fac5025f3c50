import { shortTokens } from '../../units.ts'
import { known, type TaskMeans } from './task-means.ts'

/** Who spends least and most on a benchmark, in plain words; nothing where fewer than two systems tell tokens. */
export function consumptionWords(benchmark: string, systems: readonly TaskMeans[]): readonly string[] {
  const spent = systems
    .flatMap(({ name, total }) => {
      const values = known(total)
      return values.length === 0
        ? []
        : [{ name, mean: values.reduce((sum, value) => sum + value, 0) / values.length }]
    })
    .sort((a, b) => a.mean - b.mean)
  const [least, most] = [spent[0], spent.at(-1)]
  if (least === undefined || most === undefined || least === most || least.mean === 0) return []
  const factor = Number((most.mean / least.mean).toPrecision(2))
  return [
    `On ${benchmark} a run costs ${shortTokens(least.mean)} tokens with ${least.name} and ${shortTokens(most.mean)} with ${most.name}, ${factor} times as many.`,
  ]
}
