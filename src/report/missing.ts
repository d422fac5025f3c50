import type { Exclusion } from './document.ts'
import { shortPercent } from './estimate-notes.ts'
import type { Subject } from './subject.ts'
import type { Field, System } from './system.ts'

/** Runs whose tokens are not known, per system, and whether they are missing at random: who knows only how good runs go tells too little. */
export function unknownTokens({ quantities }: Subject, { benchmark, systems }: Field): readonly Exclusion[] {
  const { total, resolved } = quantities
  return systems.flatMap((system) => {
    const unknown = system.rows.filter((row) => Number.isNaN(total[row]))
    if (unknown.length === 0) return []
    return [
      {
        runs: unknown.length,
        why: `total tokens unknown or only "at least"${skew(system, total, resolved)}`,
        from: `token figures of ${system.name} on ${benchmark}`,
      },
    ]
  })
}

/** Told where the resolution rates of runs with and without tokens are more than 5 pp apart. */
function skew({ rows }: System, total: Float64Array, resolved: Float64Array): string {
  const rate = (isKnown: boolean) => {
    const ended = rows.filter((row) => Number.isNaN(total[row]) !== isKnown && !Number.isNaN(resolved[row]))
    return ended.length === 0
      ? null
      : ended.reduce((sum, row) => sum + (resolved[row] as number), 0) / ended.length
  }
  const [known, unknown] = [rate(true), rate(false)]
  if (known === null || unknown === null || Math.abs(known - unknown) <= 0.05) return ''
  return `, and not at random: ${shortPercent(unknown)} of them resolved, ${shortPercent(known)} of the others`
}
