import type { StoredRun } from '../store/read-runs.ts'
import type { CallRow } from '../store/run-row.ts'
import { usageOf } from '../store/run-row.ts'
import { UNCAPPED } from '../trajectory/conditions.ts'
import type { Conditions } from '../trajectory/run.ts'
import { shortTokens, shortUsd } from '../units.ts'
import { addCounts, type Count, countOf } from '../usage/count.ts'
import { totalTokens } from '../usage/total.ts'
import type { Usage } from '../usage/usage.ts'
import { oneLine } from './estimate-notes.ts'
import { table } from './text-layout.ts'

/** Runs for people: one line each. */
export function runsText(runs: readonly StoredRun[], columns: number): string {
  if (runs.length === 0) return 'no runs\n'
  const heads = ['id', 'task', 'agent', 'model', 'total', 'output', 'cost', 'calls', 'outcome']
  const rows = runs.map((run) => [
    run.id.slice(0, 8),
    oneLine(run.task.id ?? '?'),
    oneLine(run.agent ?? '?'),
    oneLine(run.modelName ?? run.model ?? '?'),
    countText(totalOf(run)),
    countText(atLeast(countOf(run.usage.output), run.incomplete)),
    costText(run),
    run.calls === null ? '?' : String(run.calls),
    run.outcome ?? '?',
  ])
  return `${table([heads, ...rows], { columns, left: 4, dispensable: [7, 2, 5, 8, 3], flexible: 1 }).join('\n')}\n`
}

/** One run for people: everything that is kept of it. */
export function runText(run: StoredRun, calls: readonly CallRow[], columns: number): string {
  const { task, usage, source } = run
  const pairs: readonly (readonly [string, string])[] = [
    ['id', run.id],
    ['task', [task.benchmark, task.repository, task.id].filter((part) => part !== null).join(' · ') || '?'],
    ['agent', [run.agent ?? '?', run.agentVersion ?? ''].join(' ').trim()],
    ['model', run.model ?? '?'],
    ['total tokens', countText(totalOf(run))],
    ...CLASSES.map(([name, key]) => [name, usage[key] === null ? 'not told' : grouped(usage[key])] as const),
    ['calls', run.calls === null ? '?' : `${run.calls}`],
    [
      'cost',
      run.costUsd === null
        ? `unknown: ${run.costReason ?? '?'}`
        : `${costText(run)} (${run.prices ?? 'free'})`,
    ],
    ['cost as told', run.reportedUsd === null ? 'not told' : `$${run.reportedUsd}`],
    ['outcome', run.outcome ?? '?'],
    ['time', `${run.startedAt ?? '?'}, ${run.wallSeconds === null ? '?' : run.wallSeconds} s`],
    ['resources', conditionsText(run.conditions)],
    ['counted by', run.quality],
    [
      'read from',
      `${source.name} (${source.format}, reader ${source.reader}, ${source.sha256.slice(0, 12)})`,
    ],
    ...(run.supersededBy === null ? [] : ([['stood for by', run.supersededBy]] as const)),
  ]
  const width = Math.max(...pairs.map(([name]) => name.length))
  const lines = pairs.map(([name, value]) => `${name.padEnd(width)}  ${oneLine(value)}`)
  return `${[...lines, ...(calls.length === 0 ? [] : ['', ...callLines(calls, columns)])].join('\n')}\n`
}

const CLASSES = [
  ['input', 'input'],
  ['cache read', 'cacheRead'],
  ['cache write 5 min', 'cacheWrite5m'],
  ['cache write 1 h', 'cacheWrite1h'],
  ['output', 'output'],
  ['reasoning in it', 'reasoning'],
] as const satisfies readonly (readonly [string, keyof Usage])[]

function callLines(calls: readonly CallRow[], columns: number): readonly string[] {
  const heads = ['call', 'model', 'input', 'cache read', 'cache write', 'output']
  const rows = calls.map((call) => {
    const { input, cacheRead, cacheWrite5m, cacheWrite1h, output } = usageOf(call)
    const writes =
      cacheWrite5m === null && cacheWrite1h === null ? null : (cacheWrite5m ?? 0) + (cacheWrite1h ?? 0)
    const cell = (value: number | null) => (value === null ? '?' : grouped(value))
    return [`${call.place + 1}`, oneLine(call.model ?? '?'), ...[input, cacheRead, writes, output].map(cell)]
  })
  return table([heads, ...rows], { columns, left: 2, dispensable: [1, 4, 3] })
}

function conditionsText({ multiplier, host, concurrency }: Conditions): string {
  const given =
    multiplier === null ? '?' : Number.isFinite(multiplier) ? `${multiplier} × the floor` : UNCAPPED
  const shared = concurrency === null ? '' : `, ${concurrency} runs at once`
  return `${given}${host === null ? '' : `, on ${host}`}${shared}`
}

const totalOf = ({ usage, incomplete }: StoredRun): Count => atLeast(totalTokens(usage), incomplete)

const atLeast = (count: Count, incomplete: boolean): Count =>
  addCounts(count, { amount: 0, atLeast: incomplete })

/** `1.01 M`, `≥ 1.01 M`, or `?` where nothing is known. */
function countText({ amount, atLeast }: Count): string {
  if (!atLeast) return shortTokens(amount)
  return amount === 0 ? '?' : `≥ ${shortTokens(amount)}`
}

const costText = ({ costUsd, incomplete }: StoredRun): string =>
  costUsd === null ? '?' : `${incomplete ? '≥ ' : ''}${shortUsd(Number(costUsd))}`

const grouped = (value: number | null): string => (value ?? 0).toLocaleString('en-US')
