import { paretoFront } from '../../metrics/pareto.ts'
import { estimateOf } from '../cells.ts'
import type { Block, Cell, Column, Measured, Unit } from '../document.ts'
import type { Figure } from '../figure.ts'
import { meanOf, rateOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import { sampleOf } from '../sample.ts'
import type { Subject } from '../subject.ts'
import type { Field, System } from '../system.ts'
import type { Resource } from './resources.ts'

/** What systems resolve against what a run of theirs spends, with those that no other beats in both. */
export function scatterBlocks(subject: Subject, field: Field, resource: Resource): readonly Block[] {
  const found = field.systems.flatMap((system) => placedOf(subject, system, resource))
  if (found.length === 0) return []
  const isBest = paretoFront(
    found.map(({ x }) => x),
    found.map(({ y }) => y),
  )
  // The front first, so that it has the same look in every figure.
  const placed = found
    .map((one, i) => ({ ...one, isOnFront: isBest[i] === 1 }))
    .sort((a, b) => Number(b.isOnFront) - Number(a.isOnFront))
  const id = `${resource.key}-against-rate-${slug(field.benchmark)}`
  const table = {
    id: `${id}-table`,
    title: `Pareto front of ${resource.name}, ${field.benchmark}`,
    columns: columns(resource.key, resource.name, resource.unit),
    rows: placed
      .map(({ system, spent, rate, isOnFront }): readonly Cell[] => [
        system.name,
        spent,
        rate,
        isOnFront ? 'yes' : 'no',
      ])
      .sort((a, b) => (estimateOf(a[1] as Cell) ?? 0) - (estimateOf(b[1] as Cell) ?? 0)),
    note: 'On the front: no other system spends as little or less and resolves as much or more, with one of the two strictly. By the estimates; where intervals overlap the order may be noise.',
  }
  // What spends nothing has no place on a logarithmic axis.
  if (placed.every(({ x }) => x <= 0)) return [{ kind: 'table', table }]
  return [{ kind: 'figure', figure: figureOf(id, field.benchmark, { resource, placed }), table }]
}

function figureOf(
  id: string,
  benchmark: string,
  { resource, placed }: { readonly resource: Resource; readonly placed: readonly Placed[] },
): Figure {
  return {
    id,
    title: `${capital(resource.name)} against resolution rate, ${benchmark}`,
    alt: `Each system by the mean ${resource.name} of a run and the share of runs resolved; those that no other beats in both are marked as the front.`,
    chart: {
      kind: 'points',
      x: { ...resource.axis, title: `mean ${resource.name} of a run${UNITS[resource.key]}` },
      y: { title: 'runs resolved', scale: 'share' },
      points: placed.map(({ system, x, y, spent, rate, isOnFront }) => ({
        x,
        y,
        series: isOnFront ? 'no other is better in both' : 'another is better in both',
        label: system.name,
        ...ends(rate, 'low', 'high'),
        ...ends(spent, 'xLow', 'xHigh'),
      })),
    },
  }
}

/** A system with what a run of it spends and what it resolves. */
interface Placed {
  readonly system: System
  readonly spent: Measured
  readonly rate: Measured
  readonly x: number
  readonly y: number
  readonly isOnFront: boolean
}

function placedOf({ quantities }: Subject, system: System, resource: Resource) {
  const spent = meanOf(sampleOf(system, resource.of(quantities), quantities.resolved))
  const rate = rateOf(sampleOf(system, quantities.resolved))
  if ('unsaid' in spent || 'unsaid' in rate) return []
  return [{ system, spent, rate, x: spent.estimate, y: rate.estimate }]
}

function ends<Low extends string, High extends string>(
  { low, high }: { readonly low: number | null; readonly high: number | null },
  ...[lowName, highName]: readonly [Low, High]
): { readonly [End in Low | High]?: number } {
  if (low === null || high === null) return {}
  return { [lowName]: low, [highName]: high } as { readonly [End in Low | High]?: number }
}

const columns = (key: string, name: string, unit: Unit): readonly Column[] => [
  { key: 'system', head: 'system', unit: 'text' },
  { key: `mean_${key}`, head: `${name} a run`, unit },
  { key: 'resolution_rate', head: 'resolved', unit: 'share' },
  { key: 'on_front', head: 'on the front', unit: 'text' },
]

const UNITS: Readonly<Record<Resource['key'], string>> = {
  tokens: '',
  steps: '',
  usd: ' (USD)',
  seconds: ' (seconds)',
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
