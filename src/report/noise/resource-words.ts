import type { Exclusion } from '../document.ts'
import type { Subject } from '../subject.ts'
import type { Field } from '../system.ts'
import type { Assignment } from './assignment.ts'
import { type Calibration, calibrationOf } from './calibration.ts'
import type { Multipliers } from './multipliers.ts'

/** What to run one system with, and what speaks against the comparison, in plain words. */
export function resourceWords(subject: Subject, found: Multipliers): readonly string[] {
  const where = `${found.system.name} on ${found.system.benchmark}`
  return [
    `${where}: ${calibrationWords(calibrationOf(subject, found))}.`,
    ...assignmentWords(found.assignment).map((words) => `${where}: ${words}`),
  ]
}

function calibrationWords({ arm, reason }: Calibration): string {
  if (arm === null) return `no multiple of the resource floor can be recommended: ${reason}`
  const how = arm.multiplier === Number.POSITIVE_INFINITY ? arm.name : `with ${arm.name} the resource floor`
  return `run ${how}: ${reason}`
}

const NAMES = { day: 'days', host: 'hosts' } as const

/** Where multiples were not spread in random order: what a difference may come of instead. */
function assignmentWords({ spread, leans }: Assignment): readonly string[] {
  switch (spread) {
    case 'by day':
      return [
        'multiples were run on days of their own, so a difference may be of the day; in random order it could not.',
      ]
    case 'by host':
      return [
        'multiples were run on hosts of their own, so a difference may be of the host; in random order it could not.',
      ]
    case 'by host and day':
      return [
        'a host ran one multiple a day, so what hosts and days do counts as noise; in random order differences would show sooner.',
      ]
    case 'within':
      return leans.map(
        (what) =>
          `some multiples were run more on some ${NAMES[what]} than others, so a part of a difference may be of the ${what}; run them in random order.`,
      )
  }
}

/** Runs that no comparison of resources rests on. */
export function leftOutOf(
  { episodes }: Subject,
  { benchmark, systems }: Field,
  found: readonly Multipliers[],
): readonly Exclusion[] {
  if (found.length === 0) return []
  const unknown = systems.reduce(
    (sum, { rows }) => sum + rows.filter((row) => Number.isNaN(episodes.multiplier[row])).length,
    0,
  )
  const unmatched = found.flatMap(({ system, arms, againstFloor }) =>
    againstFloor
      .filter(({ resolved }) => resolved.leftOut > 0)
      .map(({ arm, resolved }) => ({
        runs: resolved.leftOut,
        why: 'task not run under both',
        from: `${arm.name} against ${arms[0]?.name ?? ''}, ${system.name} on ${benchmark}`,
      })),
  )
  const unrecorded = {
    runs: unknown,
    why: 'resources not recorded',
    from: `comparisons of resources on ${benchmark}`,
  }
  return unknown === 0 ? unmatched : [unrecorded, ...unmatched]
}
