import type { LiveRun } from '../gateway/runs/live.ts'
import { shortTokens, shortUsd } from '../units.ts'
import type { Count } from '../usage/count.ts'
import { oneLine } from './estimate-notes.ts'
import { shortTime } from './run-bill-text.ts'
import { table } from './text-layout.ts'

const HEADS = ['run', 'model', 'calls', 'total', 'output', 'out/min', 'context', 'cost', 'limit', 'time']

/** The runs of a gateway as they stand. */
export function liveText(runs: readonly LiveRun[], columns: number): string {
  if (runs.length === 0) return 'no run is open\n'
  const lines = table([HEADS, ...runs.map(cells)], {
    columns,
    left: 2,
    dispensable: [5, 6, 9, 4, 1, 8],
    flexible: 1,
  })
  return `${lines.join('\n')}\n`
}

function cells(run: LiveRun): string[] {
  const { models, calls, inFlight, tokens, outputPerMinute, costUsd, seconds } = run
  return [
    oneLine(nameOf(run)),
    oneLine(models.join(', ')),
    `${shown(calls)}${inFlight > 0 ? ` +${inFlight}` : ''}`,
    shown(tokens.total),
    shown(tokens.output),
    shortTokens(outputPerMinute),
    contextOf(run),
    costUsd === null ? 'unknown' : shortUsd(Number(costUsd)),
    run.outcome === 'budget-exhausted' ? 'over budget' : (run.outcome ?? limitOf(run)),
    shortTime(seconds),
  ]
}

/** What tells it from the others: agents work on one task side by side. */
const nameOf = ({ id, task, agent }: LiveRun): string =>
  [task, agent].filter((name) => name !== null).join(' · ') || id.slice(0, 12)

const shown = ({ amount, atLeast }: Count): string => `${atLeast ? '≥ ' : ''}${shortTokens(amount)}`

function contextOf({ context, contextGrowth }: LiveRun): string {
  if (context === null) return ''
  const growth = contextGrowth ?? 0
  return `${shortTokens(context)}${growth > 0 ? ` +${shortTokens(growth)}` : ''}`
}

/** How much of the limit is spent that is nearest to its end. */
function limitOf({ limits }: LiveRun): string {
  const shares = limits.map(({ limit, spent }) => (Number(limit) === 0 ? 1 : Number(spent) / Number(limit)))
  return shares.length === 0 ? '' : `${Math.floor(Math.max(...shares) * 100)} %`
}
