import type { Section } from '../document.ts'
import { type Findings, slug, together } from '../findings.ts'
import type { Subject } from '../subject.ts'
import type { Field } from '../system.ts'
import { calibrationOf } from './calibration.ts'
import { effectBlocks, effectsOf, effectWords } from './effects.ts'
import { type Multipliers, multiplierBlocks, multipliersOf } from './multipliers.ts'
import { repeatBlocks, repeatWords } from './repeats.ts'

/** How much of what runs tell is noise: of chance, of resources, of hosts and days. */
export const noiseFindings = (subject: Subject, margin: number): Findings =>
  together(subject.fields.map((field) => fieldFindings(subject, field, margin)))

function fieldFindings(subject: Subject, field: Field, margin: number): Findings {
  const { benchmark } = field
  const found = field.systems.flatMap((system) => multipliersOf(subject, system, margin) ?? [])
  const resources = found.map(
    (one): Section => ({
      id: `resources-${slug(`${benchmark} ${one.system.name}`)}`,
      title: `Resources: ${one.system.name}, ${benchmark}`,
      words: resourceWords(subject, one),
      blocks: multiplierBlocks(subject, one, margin),
    }),
  )
  const repeats: Section = {
    id: `repeats-${slug(benchmark)}`,
    title: `Run to run: ${benchmark}`,
    words: repeatWords(subject, field),
    blocks: repeatBlocks(subject, field),
  }
  const factors = effectsOf(subject, field)
  const effects: Section = {
    id: `effects-${slug(benchmark)}`,
    title: `Days, hours, hosts: ${benchmark}`,
    words: effectWords(field, factors),
    blocks: effectBlocks(subject, field, factors),
  }
  const sections = [...resources, repeats, effects].filter(({ blocks }) => blocks.length > 0)
  return {
    summary: sections.flatMap(({ words }) => words),
    excluded: unknownResources(subject, field, found),
    sections,
  }
}

function resourceWords(subject: Subject, found: Multipliers): readonly string[] {
  const calibration = calibrationOf(subject, found)
  const where = `${found.system.name} on ${found.system.benchmark}`
  return 'arm' in calibration
    ? [
        `${where}: run with ${calibration.arm.name} the floor; infra errors are mostly gone there and as much is resolved.`,
      ]
    : [`${where}: no multiple of the floor can be recommended: ${calibration.reason}.`]
}

/** Where some runs tell their resources, those that do not. */
function unknownResources(
  { episodes }: Subject,
  { benchmark, systems }: Field,
  found: readonly Multipliers[],
) {
  if (found.length === 0) return []
  const runs = systems.reduce(
    (sum, { rows }) => sum + rows.filter((row) => Number.isNaN(episodes.multiplier[row])).length,
    0,
  )
  return runs === 0
    ? []
    : [{ runs, why: 'resources not recorded', from: `comparisons of resources on ${benchmark}` }]
}
