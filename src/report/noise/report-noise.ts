import type { Section } from '../document.ts'
import { type Findings, slug, together } from '../findings.ts'
import type { Subject } from '../subject.ts'
import type { Field } from '../system.ts'
import { effectBlocks } from './effect-tables.ts'
import { effectWords } from './effect-words.ts'
import { effectsOf } from './effects.ts'
import { multiplierBlocks } from './multiplier-tables.ts'
import { type Multipliers, multipliersOf } from './multipliers.ts'
import { pooled } from './pooled.ts'
import { repeatBlocks, repeatWords } from './repeats.ts'
import { leftOutOf, resourceWords } from './resource-words.ts'
import { systemsBlock } from './systems-table.ts'

/** How much of what runs tell is noise: of chance, of resources, of hosts and days. */
export const noiseFindings = (subject: Subject, margin: number): Findings =>
  together(subject.fields.map((field) => fieldFindings(subject, field, margin)))

function fieldFindings(subject: Subject, field: Field, margin: number): Findings {
  const { benchmark } = field
  const found = field.systems.flatMap((system) => multipliersOf(subject, system, { margin }) ?? [])
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
  const sections = [...resourceSections(subject, found, margin), repeats, effects].filter(
    ({ blocks }) => blocks.length > 0,
  )
  return {
    summary: sections.flatMap(({ words }) => words),
    excluded: leftOutOf(subject, field, found),
    sections,
  }
}

/** With more systems than this, one by one they are rows of a table. */
const MOST_SECTIONS = 3

/** All systems together first, as resources do the same to all; then each by itself. */
function resourceSections(
  subject: Subject,
  found: readonly Multipliers[],
  margin: number,
): readonly Section[] {
  const single = found.map((one) => resourceSection(subject, one, margin))
  const all =
    found.length < 2 ? null : multipliersOf(subject, pooled(found.map(({ system }) => system)), { margin })
  if (all === null) return single
  const together = resourceSection(subject, all, margin)
  return found.length > MOST_SECTIONS
    ? [{ ...together, blocks: [...together.blocks, systemsBlock(subject, found)] }]
    : [together, ...single]
}

const resourceSection = (subject: Subject, one: Multipliers, margin: number): Section => ({
  id: `resources-${slug(`${one.system.benchmark} ${one.system.name}`)}`,
  title: `Resources: ${one.system.name}, ${one.system.benchmark}`,
  words: resourceWords(subject, one),
  blocks: multiplierBlocks(subject, one, margin),
})
