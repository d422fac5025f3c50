import type { CallTraces } from '../../store/read-call-traces.ts'
import { unsaid } from '../cells.ts'
import { correlation } from '../correlation.ts'
import type { Block, Cell, Column } from '../document.ts'
import { meanOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'

/** The phases of a run: its calls in five equal parts. */
export const PHASES = ['early', 'early-mid', 'mid', 'later-mid', 'later'] as const

const CLASSES = ['fresh input', 'cache reads', 'cache writes', 'output'] as const
type Class = (typeof CLASSES)[number]

/** Sums over the calls of each phase of each run: `sums[phase][class][run]`. */
export interface PhaseSums {
  readonly runs: number
  readonly tokens: readonly Readonly<Record<Class, Float64Array>>[]
  /** Dollars; NaN where a call of the phase has no known cost. */
  readonly usd: readonly Float64Array[]
}

/** The chosen runs of the traces that have at least one call for each phase. */
export function phaseSums(traces: CallTraces, chosen: readonly number[]): PhaseSums {
  const { start } = traces
  const long = chosen.filter((run) => (start[run + 1] as number) - (start[run] as number) >= PHASES.length)
  const blank = () => new Float64Array(long.length)
  const tokens = PHASES.map(
    () => Object.fromEntries(CLASSES.map((name) => [name, blank()])) as Record<Class, Float64Array>,
  )
  const usd = PHASES.map(blank)
  for (const [at, run] of long.entries()) {
    const [from, to] = [start[run] as number, start[run + 1] as number]
    for (let call = from; call < to; call++) {
      const phase = Math.floor(((call - from) * PHASES.length) / (to - from))
      const sums = tokens[phase] as Record<Class, Float64Array>
      addTo(sums['fresh input'], at, traces.input[call])
      addTo(sums['cache reads'], at, orNothing(traces.cacheRead[call]))
      addTo(sums['cache writes'], at, orNothing(traces.cacheWrite[call]))
      addTo(sums.output, at, traces.output[call])
      addTo(usd[phase] as Float64Array, at, traces.costUsd[call])
    }
  }
  return { runs: long.length, tokens, usd }
}

function addTo(sums: Float64Array, at: number, value: number | undefined): void {
  sums[at] = (sums[at] as number) + (value ?? Number.NaN)
}

/** A class that the source does not split off is counted in the input. */
const orNothing = (value: number | undefined): number =>
  value === undefined || Number.isNaN(value) ? 0 : value

const COLUMNS: readonly Column[] = [
  { key: 'phase', head: 'phase', unit: 'text' },
  { key: 'runs', head: 'runs', unit: 'count' },
  ...CLASSES.map(
    (name): Column => ({ key: `${slug(name).replaceAll('-', '_')}_tokens`, head: name, unit: 'tokens' }),
  ),
  { key: 'cost_usd', head: 'cost', unit: 'usd' },
  ...CLASSES.map(
    (name): Column => ({
      key: `r_${slug(name).replaceAll('-', '_')}_cost`,
      head: `r with cost, ${name}`,
      unit: 'r',
    }),
  ),
]

/** Where in a run tokens go: the classes of each phase, and which of them make a phase dear. */
export function phaseBlocks(system: string, sums: PhaseSums): readonly Block[] {
  if (sums.runs === 0) return []
  const id = `phases-${slug(system)}`
  return [
    {
      kind: 'figure',
      figure: {
        id,
        title: `Tokens by phase, ${system}`,
        alt: `Mean tokens of each class in five equal parts of the calls of a run, from early to later, over ${sums.runs} runs.`,
        chart: {
          kind: 'lines',
          x: { title: 'phase of the run (fifths of its calls)', scale: 'linear' },
          y: { title: 'mean tokens', scale: 'log' },
          lines: CLASSES.map((name) => ({
            series: name,
            points: PHASES.map((_, phase) => ({ x: phase + 1, y: mean(sums.tokens[phase]?.[name]) })),
          })).filter(({ points }) => points.some(({ y }) => y > 0)),
        },
      },
      table: {
        id: `${id}-table`,
        title: `Phases of a run, ${system}`,
        columns: COLUMNS,
        rows: PHASES.map((name, phase) => row(name, sums, phase)),
        note: 'A phase is a fifth of the calls of a run, in order; runs with fewer than five calls are left out. r with cost: over runs, of the tokens of a class in the phase with the dollars of the phase, which are parts of the same sum: a class that varies much and is dear correlates.',
      },
    },
  ]
}

function row(name: string, { runs, tokens, usd }: PhaseSums, phase: number): readonly Cell[] {
  const [sums, dollars] = [tokens[phase], usd[phase] ?? new Float64Array(0)]
  const all = (values: Float64Array): Cell => {
    const known = values.filter((value) => !Number.isNaN(value))
    return meanOf({ values: known, tasks: Int32Array.from(known.keys()) })
  }
  return [
    name,
    runs,
    ...CLASSES.map((kind) => (sums === undefined ? unsaid('no run') : all(sums[kind]))),
    all(dollars),
    ...CLASSES.map((kind) => (sums === undefined ? unsaid('no run') : withCost(sums[kind], dollars))),
  ]
}

function withCost(tokens: Float64Array, usd: Float64Array): Cell {
  const isKnown = (i: number) => !Number.isNaN((tokens[i] as number) + (usd[i] as number))
  const pick = (values: Float64Array) => values.filter((_, i) => isKnown(i))
  return pick(usd).length < 3 ? unsaid('no cost of its calls is known') : correlation(pick(tokens), pick(usd))
}

function mean(values: Float64Array | undefined): number {
  const known = (values ?? new Float64Array(0)).filter((value) => !Number.isNaN(value))
  return known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length
}
