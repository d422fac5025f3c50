import type { Range } from '../../forecast/range.ts'
import type { AttemptRecord } from '../../runner/attempt/attempt-record.ts'
import type { Outcome } from '../../trajectory/run.ts'
import { shortTokens, shortUsd } from '../../units.ts'
import { oneLine } from '../estimate-notes.ts'
import { shortTime } from '../run-bill-text.ts'
import { table, wrap } from '../text-layout.ts'
import type { PlannedResult, PlanRunDocument, SpendForecast, Spent } from './plan-run-document.ts'

/** Outcomes in words. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  resolved: 'resolved',
  failed: 'failed',
  'budget-exhausted': 'over budget',
  'timed-out': 'timed out',
  'infra-error': 'infra error',
}

/** More runs are told by system only. */
const MOST_ROWS = 30

/** What came of a plan, for people: each run, or each system; then actual beside forecast. */
export function planRunText(document: PlanRunDocument, columns: number): string {
  const { results } = document
  const rows = results.length <= MOST_ROWS ? runRows(document) : systemRows(results)
  const layout = { columns, left: results.length <= MOST_ROWS ? 4 : 2, dispensable: [1, 2], flexible: 0 }
  const lines = [
    ...(results.length === 0 ? [] : [...table(rows, layout), '']),
    ...table(spendRows(document), { columns, left: 1, dispensable: [] }),
    '',
    ...endings(document).flatMap((line) => wrap(line, columns, '  ')),
  ]
  return `${lines.join('\n')}\n`
}

function runRows({ results }: PlanRunDocument): readonly (readonly string[])[] {
  const isCrossed = new Set(results.map(({ multiplier }) => multiplier)).size > 1
  const rows = results.map((result) => [
    oneLine(nameOf(result, isCrossed)),
    oneLine(result.agent),
    oneLine(result.model),
    `${OUTCOME_WORDS[result.outcome]}${result.attempts > 1 ? ` (${result.attempts} attempts)` : ''}`,
    tokens(result.spent),
    dollars(result.spent),
    shortTime(result.wallSeconds),
  ])
  return [['task', 'agent', 'model', 'outcome', 'tokens', 'cost', 'time'], ...rows]
}

const nameOf = ({ task, repeat, multiplier }: PlannedResult, isCrossed: boolean): string => {
  const resources = isCrossed && multiplier !== null ? ` · ${multiplierOf(multiplier)}` : ''
  return `${task}${resources}${repeat > 1 ? ` · ${repeat}` : ''}`
}

function systemRows(results: readonly PlannedResult[]): readonly (readonly string[])[] {
  const systems = Map.groupBy(results, ({ agent, model, multiplier }) =>
    JSON.stringify([agent, model, multiplier === null ? '' : multiplierOf(multiplier)]),
  )
  const rows = [...systems].map(([key, own]) => {
    const count = (outcome: Outcome): string => String(own.filter((one) => one.outcome === outcome).length)
    const [agent = '', model = '', multiplier = ''] = JSON.parse(key) as string[]
    const infra = [count('budget-exhausted'), count('timed-out'), count('infra-error')]
    return [
      oneLine(`${agent} · ${model}`),
      multiplier,
      String(own.length),
      count('resolved'),
      count('failed'),
      ...infra,
    ]
  })
  return [
    ['system', 'resources', 'runs', 'resolved', 'failed', 'over budget', 'timed out', 'infra errors'],
    ...rows,
  ]
}

const multiplierOf = (multiplier: number | 'uncapped'): string =>
  multiplier === 'uncapped' ? multiplier : `${multiplier} ×`

const tokens = ({ totalTokens, atLeast }: Spent): string =>
  shown(shortTokens(totalTokens), totalTokens, atLeast)

const dollars = ({ usd, atLeast }: Spent): string =>
  usd === null ? 'unknown' : shown(shortUsd(Number(usd)), Number(usd), atLeast)

/** At least nothing is nothing known. */
function shown(text: string, amount: number, atLeast: boolean): string {
  if (!atLeast) return text
  return amount === 0 ? 'unknown' : `≥ ${text}`
}

function spendRows({ actual, forecast, replayed }: PlanRunDocument): readonly (readonly string[])[] {
  return [
    ['', 'actual', 'forecast (8 in 10 plans)'],
    ['all tokens', tokens(actual), ranged(forecast.totalTokens, shortTokens)],
    [replayed ? 'cost anew' : 'cost', dollars(actual), ranged(forecast.usd, shortUsd)],
    ...(replayed ? [['paid', '$0', '']] : []),
  ]
}

/** `$1.05 ($0.40 – $3.10)`: the middle, since a mean hangs on the far end where an agent was never seen. */
export const ranged = (range: Range | null, shown: (amount: number) => string): string =>
  range === null ? 'unknown' : `${shown(range.p50)} (${shown(range.p10)} – ${shown(range.p90)})`

function endings(document: PlanRunDocument): readonly string[] {
  const { planned, outcomes, attempts, infraErrors, interrupted, left, id, store, forecast } = document
  const ended = Object.values(outcomes).reduce((sum, count) => sum + count, 0)
  const told = (Object.keys(outcomes) as Outcome[]).filter(
    (outcome) => outcomes[outcome] > 0 || outcome === 'resolved' || outcome === 'failed',
  )
  const parts = told.map((outcome) => `${outcomes[outcome]} ${OUTCOME_WORDS[outcome]}`)
  const extra = [
    ...(infraErrors > 0 ? [`${infraErrors} of ${attempts} attempts were infra errors`] : []),
    ...(interrupted > 0 ? [`${interrupted} interrupted`] : []),
  ]
  return [
    `${ended} of ${planned} runs ended: ${[parts.join(', '), ...extra].join(' · ')}`,
    ...reasonsIn(document),
    ...(forecast.usd === null ? [] : [`forecast from ${forecast.from}`]),
    ...(left === null ? [] : [`${planned - ended} left: ${left} → foretoken run --resume ${id}`]),
    `kept as plan ${id} in ${store}`,
  ]
}

/** Why runs ended by infra errors, each reason once. */
function reasonsIn({ results }: PlanRunDocument): readonly string[] {
  const reasons = Map.groupBy(
    results.filter(({ outcome }) => outcome === 'infra-error'),
    ({ infraReason }) => infraReason ?? 'not known',
  )
  return [...reasons].map(([reason, runs]) => `infra error of ${runs.length}: ${oneLine(reason)}`)
}

/** What a plan will do and spend, before it is started. */
export function planAheadText(
  ahead: {
    readonly runs: number
    readonly what: string
    readonly where: string
    readonly forecast: SpendForecast
    readonly budget: string | null
    readonly replayed: boolean
  },
  columns: number,
): string {
  const { runs, what, where, forecast, budget, replayed } = ahead
  const lines = [
    `${runs === 1 ? '1 run' : `${runs} runs`}: ${oneLine(what)} · ${oneLine(where)}`,
    forecast.usd === null
      ? `forecast: none, ${forecast.from}`
      : `forecast: ${ranged(forecast.usd, shortUsd)}, ${ranged(forecast.totalTokens, shortTokens)} tokens, 8 in 10 such plans; from ${forecast.from}`,
    ...(budget === null ? [] : [`budget: ${budget}`]),
    ...(replayed ? ['replies are replayed: nothing is paid'] : []),
  ]
  return `${lines.flatMap((line) => wrap(line, columns, '  ')).join('\n')}\n`
}

/** One attempt that ended, in a line. */
export function endedLine(record: AttemptRecord, place: string): string {
  const { outcome, task, agent, model, infraReason, spent, startedAt, endedAt } = record
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000
  const cost = spent?.usd == null ? '' : `, ${shortUsd(Number(spent.usd))}`
  const why = infraReason === null ? '' : ` (${oneLine(infraReason)})`
  const who = oneLine([task.name, agent.name, model].join(' · '))
  return `${place} ${OUTCOME_WORDS[outcome]}${why}  ${who}  ${shortTime(seconds)}${cost}`
}
