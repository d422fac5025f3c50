import type { ActionTraces } from '../../store/read-action-traces.ts'
import { ACTION_KINDS } from '../../trajectory/action.ts'
import { measured, unsaid } from '../cells.ts'
import type { Block, Cell, Column } from '../document.ts'
import { meanOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import { PHASES } from './phases.ts'

const MOST_TOOLS = 15
/** A token of code and logs is about so many characters. */
const CHARS_PER_TOKEN = 4

/** What agents do with tools, what comes back, and how often they look at or change the same file again. */
export function toolBlocks(
  system: string,
  traces: ActionTraces,
  chosen: readonly number[],
): readonly Block[] {
  if (chosen.length === 0) return []
  return [
    phaseBlock(system, traces, chosen),
    returnsBlock(system, traces, chosen),
    repeatsBlock(system, traces, chosen),
  ]
}

/** The kinds of actions in each fifth of the actions of a run. */
function phaseBlock(system: string, traces: ActionTraces, chosen: readonly number[]): Block {
  const counts = PHASES.map(() => new Float64Array(ACTION_KINDS.length))
  for (const [at, phase] of placed(traces, chosen)) {
    const own = counts[phase] as Float64Array
    const kind = traces.kinds[at] as number
    own[kind] = (own[kind] as number) + 1
  }
  const id = `actions-${slug(system)}`
  const perRun = (phase: number, kind: number) => (counts[phase]?.[kind] as number) / chosen.length
  return {
    kind: 'figure',
    figure: {
      id,
      title: `What the agent does, by phase, ${system}`,
      alt: 'Share of views, searches, edits, commands and other uses of tools in five equal parts of the actions of a run.',
      chart: {
        kind: 'stacks',
        normalised: true,
        value: { title: 'share of the uses of tools', scale: 'share' },
        stacks: PHASES.map((name, phase) => ({
          name,
          parts: ACTION_KINDS.map((kind, k) => ({ series: kind, value: perRun(phase, k) })),
        })),
      },
    },
    table: {
      id: `${id}-table`,
      title: `Uses of tools a run, by phase, ${system}`,
      columns: [
        { key: 'phase', head: 'phase', unit: 'text' },
        { key: 'runs', head: 'runs', unit: 'count' },
        ...ACTION_KINDS.map((kind): Column => ({ key: `${kind}_per_run`, head: kind, unit: 'number' })),
      ],
      rows: PHASES.map((name, phase): readonly Cell[] => [
        name,
        chosen.length,
        ...ACTION_KINDS.map((_, kind) => measured(perRun(phase, kind), null, chosen.length)),
      ]),
      note: 'A phase is a fifth of the uses of tools of a run, in order. View, search, edit and run are told from the name of the tool or, for a shell, from the command.',
    },
  }
}

/** Every action of the chosen runs with its phase. */
function* placed({ start }: ActionTraces, chosen: readonly number[]): Generator<readonly [number, number]> {
  for (const run of chosen) {
    const [from, to] = [start[run] as number, start[run + 1] as number]
    for (let at = from; at < to; at++) yield [at, Math.floor(((at - from) * PHASES.length) / (to - from))]
  }
}

/** What each tool gives back. */
function returnsBlock(system: string, traces: ActionTraces, chosen: readonly number[]): Block {
  const tools = new Map<string, { uses: number; known: number; chars: number }>()
  let all = 0
  for (const [at] of placed(traces, chosen)) {
    const name = traces.tools[at] as string
    const own = tools.get(name) ?? { uses: 0, known: 0, chars: 0 }
    tools.set(name, own)
    const chars = traces.returnedChars[at] as number
    own.uses++
    if (Number.isNaN(chars)) continue
    own.known++
    own.chars += chars
    all += chars
  }
  const order = [...tools].sort(([a, x], [b, y]) => y.chars - x.chars || y.uses - x.uses || (a < b ? -1 : 1))
  return {
    kind: 'table',
    table: {
      id: `tool-returns-${slug(system)}`,
      title: `What tools give back, ${system}`,
      columns: [
        { key: 'tool', head: 'tool', unit: 'text' },
        { key: 'uses', head: 'uses', unit: 'count' },
        { key: 'uses_per_run', head: 'uses a run', unit: 'number' },
        { key: 'returned_tokens_per_use', head: 'tokens a use, about', unit: 'tokens' },
        { key: 'share_of_returned', head: 'share of all that came back', unit: 'share' },
      ],
      rows: order
        .slice(0, MOST_TOOLS)
        .map(([name, { uses, known, chars }]): readonly Cell[] => [
          name,
          uses,
          measured(uses / chosen.length, null, chosen.length),
          known === 0 ? unsaid('not told') : measured(chars / known / CHARS_PER_TOKEN, null, known),
          all === 0 ? unsaid('nothing came back') : measured(chars / all, null, known),
        ]),
      note: `Tokens: characters over ${CHARS_PER_TOKEN}, about; what comes back is in the prompt of every later call. The ${MOST_TOOLS} tools that give back most.`,
    },
  }
}

/** How often the same file is looked at, or changed, again within a run. */
function repeatsBlock(system: string, traces: ActionTraces, chosen: readonly number[]): Block {
  const kinds = ['view', 'edit'] as const
  const rows = kinds.map((kind): readonly Cell[] => {
    const perRun = chosen.map((run) => repeatsIn(traces, run, ACTION_KINDS.indexOf(kind)))
    const mean = (of: (one: Repeats) => number): Cell => {
      const values = Float64Array.from(perRun, of)
      return meanOf({ values, tasks: Int32Array.from(values.keys()) })
    }
    const [all, again] = [sum(perRun, ({ all }) => all), sum(perRun, ({ again }) => again)]
    return [
      kind === 'view' ? 'views' : 'edits',
      chosen.length,
      mean((one) => one.all),
      mean((one) => one.again),
      all === 0 ? unsaid('none names its file') : measured(again / all, null, all),
    ]
  })
  return {
    kind: 'table',
    table: {
      id: `repeated-actions-${slug(system)}`,
      title: `The same file again, ${system}`,
      columns: [
        { key: 'action', head: 'action', unit: 'text' },
        { key: 'runs', head: 'runs', unit: 'count' },
        { key: 'per_run', head: 'a run', unit: 'number' },
        { key: 'again_per_run', head: 'of a file seen before', unit: 'number' },
        { key: 'again_share', head: 'share', unit: 'share' },
      ],
      rows,
      note: 'Uses of tools that name their file; again: the run has viewed, or edited, that file before. Intervals 95 %, over runs.',
    },
  }
}

interface Repeats {
  readonly all: number
  readonly again: number
}

function repeatsIn({ start, kinds, targets }: ActionTraces, run: number, kind: number): Repeats {
  const seen = new Set<string>()
  let all = 0
  for (let at = start[run] as number; at < (start[run + 1] as number); at++) {
    const target = targets[at]
    if (kinds[at] !== kind || target == null) continue
    all++
    seen.add(target)
  }
  return { all, again: all - seen.size }
}

const sum = (parts: readonly Repeats[], of: (one: Repeats) => number): number =>
  parts.reduce((total, one) => total + of(one), 0)
