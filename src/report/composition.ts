import type { Episodes } from '../store/episodes.ts'
import { measured, unsaid } from './cells.ts'
import type { Block, Cell, Column } from './document.ts'
import { slug } from './findings.ts'
import type { Subject } from './subject.ts'
import type { Field, System } from './system.ts'

const PARTS = ['fresh input', 'cache reads', 'cache writes', 'output without reasoning', 'reasoning'] as const
type Part = (typeof PARTS)[number]

/** Mean tokens of a run by part; a part that no run splits off is in `fresh input` or `output without reasoning`. */
interface Composition {
  readonly runs: number
  readonly means: Readonly<Record<Part, number>>
  readonly splitsCache: boolean
  readonly splitsReasoning: boolean
}

/** Of what the tokens of a run consist: a stacked figure and its table. */
export function compositionBlocks({ episodes }: Subject, { benchmark, systems }: Field): readonly Block[] {
  const all = systems.map((system) => ({ system, composition: compositionOf(episodes, system) }))
  const known = all.filter(({ composition }) => composition.runs > 0)
  if (known.length === 0) return []
  const id = `composition-${slug(benchmark)}`
  return [
    {
      kind: 'figure',
      figure: {
        id,
        title: `What the tokens are, ${benchmark}`,
        alt: 'Share of input, cache reads, cache writes, output and reasoning in all tokens of each system.',
        chart: {
          kind: 'stacks',
          normalised: true,
          value: { title: 'share of all tokens', scale: 'share' },
          stacks: known.map(({ system, composition }) => ({
            name: system.name,
            parts: PARTS.map((part) => ({ series: part, value: composition.means[part] })),
          })),
        },
      },
      table: {
        id: `${id}-table`,
        title: `Mean tokens of a run by class, ${benchmark}`,
        columns: COLUMNS,
        rows: all.map(({ system, composition }) => row(system, composition)),
        note: 'Over runs whose counts are whole. What a source does not split is counted in the class it belongs to: cached input in fresh input, reasoning in output.',
      },
    },
  ]
}

const COLUMNS: readonly Column[] = [
  { key: 'system', head: 'system', unit: 'text' },
  { key: 'runs', head: 'runs', unit: 'count' },
  { key: 'input_tokens', head: 'fresh input', unit: 'tokens' },
  { key: 'cache_read_tokens', head: 'cache reads', unit: 'tokens' },
  { key: 'cache_write_tokens', head: 'cache writes', unit: 'tokens' },
  { key: 'output_tokens', head: 'output', unit: 'tokens' },
  { key: 'reasoning_tokens', head: 'of it reasoning', unit: 'tokens' },
  { key: 'input_to_output', head: 'input : output', unit: 'factor' },
]

function row({ name }: System, { runs, means, splitsCache, splitsReasoning }: Composition): readonly Cell[] {
  if (runs === 0) return [name, 0, ...COLUMNS.slice(2).map(() => unsaid('no run whose counts are whole'))]
  const mean = (value: number): Cell => measured(value, null, runs)
  const cache = (part: Part): Cell => (splitsCache ? mean(means[part]) : unsaid('not split off'))
  const output = means['output without reasoning'] + means.reasoning
  const input = means['fresh input'] + means['cache reads'] + means['cache writes']
  return [
    name,
    runs,
    mean(means['fresh input']),
    cache('cache reads'),
    cache('cache writes'),
    mean(output),
    splitsReasoning ? mean(means.reasoning) : unsaid('not split off'),
    output > 0 ? mean(input / output) : unsaid('no output'),
  ]
}

function compositionOf(episodes: Episodes, { rows }: System): Composition {
  const sums: Record<Part, number> = Object.fromEntries(PARTS.map((part) => [part, 0])) as Record<
    Part,
    number
  >
  let [runs, splitsCache, splitsReasoning] = [0, false, false]
  const known = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? 0 : value)
  for (const i of rows) {
    const [input, output] = [episodes.input[i] as number, episodes.output[i] as number]
    if (episodes.incomplete[i] === 1 || Number.isNaN(input + output)) continue
    const reasoning = known(episodes.reasoning[i])
    runs++
    splitsCache ||= !Number.isNaN(episodes.cacheRead[i])
    splitsReasoning ||= !Number.isNaN(episodes.reasoning[i])
    sums['fresh input'] += input
    sums['cache reads'] += known(episodes.cacheRead[i])
    sums['cache writes'] += known(episodes.cacheWrite5m[i]) + known(episodes.cacheWrite1h[i])
    sums['output without reasoning'] += output - reasoning
    sums.reasoning += reasoning
  }
  const means = Object.fromEntries(PARTS.map((part) => [part, sums[part] / Math.max(1, runs)])) as Record<
    Part,
    number
  >
  return { runs, means, splitsCache, splitsReasoning }
}
