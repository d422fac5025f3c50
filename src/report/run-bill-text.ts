import type { Estimate } from '../forecast/estimate.ts'
import { shortTokens, shortUsd } from '../units.ts'
import type { Count } from '../usage/count.ts'
import { oneLine } from './estimate-notes.ts'
import { replayText } from './replay-text.ts'
import { type BilledTokens, isSameModel, type RunBill } from './run-bill.ts'
import { table, wrap } from './text-layout.ts'

/** The bill for people: what was spent, beside what was forecast and what was allowed; of several models, each. */
export function runBillText(bill: RunBill, columns: number): string {
  const lines = [
    ...modelLines(bill, columns),
    ...sumLines(bill, columns),
    '',
    ...notes(bill).flatMap((note) => wrap(note, columns, INDENT)),
  ]
  return `${lines.join('\n')}\n`
}

const INDENT = ' '.repeat(10)
const HEADS = ['model', 'calls', 'input', 'cache read', 'cache write', 'output', 'total', 'cost']

function modelLines({ models }: RunBill, columns: number): readonly string[] {
  if (models.length < 2) return []
  const rows = models.map((model) => {
    const { calls, input, cacheRead, output, total, costUsd } = model
    const counts = [calls, input, cacheRead, written(model), output, total].map(shown)
    return [nameOf(model), ...counts, dollars(costUsd)]
  })
  const layout = { columns, left: 1, dispensable: [4, 3, 2] }
  const whole = table([HEADS, ...rows], layout)
  // A name is cut only where nothing else is left to leave out.
  const fits = whole.every((line) => line.length <= columns)
  return [...(fits ? whole : table([HEADS, ...rows], { ...layout, flexible: 0 })), '']
}

const nameOf = ({ model }: RunBill['models'][number]): string => oneLine(model ?? '(not told)')

/** A row for each class: the label, what was spent, what was forecast, what was allowed. */
function sumLines(bill: RunBill, columns: number): readonly string[] {
  const { actual, models, forecast, replayed, wallSeconds, maxSeconds } = bill
  const [only] = models
  const title = models.length > 1 ? 'all models' : only === undefined ? '' : nameOf(only)
  const cap = (of: string): string => capOf(bill, of)
  const rows = [
    [title, 'actual', 'forecast (8 in 10 runs)', 'cap'],
    ['calls', shown(actual.calls), forecast?.calls ? ofRange(forecast.calls) : '', cap('calls')],
    ['input', shown(actual.input), '', ''],
    ['cache read', shown(actual.cacheRead), '', ''],
    ['cache write', shown(written(actual)), '', ''],
    ['output', shown(actual.output), forecast ? ofRange(forecast.outputTokens) : '', cap('outputTokens')],
    ['all tokens', shown(actual.total), forecast ? ofRange(forecast.totalTokens) : '', cap('totalTokens')],
    ...weighted(bill),
    [
      replayed === null ? 'cost' : 'cost anew',
      dollars(actual.costUsd),
      forecast ? moneyRange(forecast) : '',
      cap('usd'),
    ],
    ...(replayed === null ? [] : [['paid', '$0', '', '']]),
    ['time', shortTime(wallSeconds), '', maxSeconds === null ? '' : shortTime(maxSeconds)],
  ]
  const kept = [0, 1, 2, 3].filter((j) => j < 2 || rows.slice(1).some((row) => row[j] !== ''))
  const cells = rows.map((row) => kept.map((j) => row[j] ?? ''))
  return table(cells, { columns, left: 1, dispensable: [], flexible: 0 })
}

function written({ cacheWrite5m, cacheWrite1h }: BilledTokens): Count {
  return {
    amount: cacheWrite5m.amount + cacheWrite1h.amount,
    atLeast: cacheWrite5m.atLeast || cacheWrite1h.atLeast,
  }
}

/** `≥` where some calls told less than they used. */
const shown = ({ amount, atLeast }: Count): string => `${atLeast ? '≥ ' : ''}${shortTokens(amount)}`

const dollars = (costUsd: string | null): string => (costUsd === null ? 'unknown' : shortUsd(Number(costUsd)))

const ownCap = ({ caps }: RunBill, measure: string) =>
  caps.find(({ of, group }) => of === measure && group === null)

function capOf(bill: RunBill, measure: string): string {
  const cap = ownCap(bill, measure)
  if (cap === undefined) return ''
  return measure === 'usd' ? `$${cap.limit}` : Number(cap.limit).toLocaleString('en-US')
}

/** What a formula makes of the tokens, where it is what was limited. */
function weighted(bill: RunBill): readonly string[][] {
  const cap = ownCap(bill, 'weighted')
  return cap === undefined ? [] : [['weighted', shortTokens(Number(cap.spent)), '', capOf(bill, 'weighted')]]
}

const ofRange = ({ p10, p50, p90 }: Estimate['totalTokens']): string =>
  `${shortTokens(p50)} (${shortTokens(p10)} – ${shortTokens(p90)})`

function moneyRange({ costUsd }: Estimate): string {
  if (costUsd === null) return 'unknown'
  const [low, middle, high] = [costUsd.p10, costUsd.p50, costUsd.p90].map((usd) => shortUsd(Number(usd)))
  return `${middle} (${low} – ${high})`
}

/** What is to be said in words, each behind its label. */
function notes(bill: RunBill): readonly string[] {
  const { actual, caps, replayed, forecast } = bill
  return [
    ...(actual.total.atLeast ? [labelled('≥', 'at least: replies that broke off told no more')] : []),
    ...(actual.costUsd === null ? [labelled('cost', costNote(actual))] : []),
    ...(replayed === null ? [] : [labelled('replay', replayText(replayed))]),
    labelled('forecast', forecastNote(bill, forecast)),
    ...caps.flatMap(({ text, group }) =>
      group === null ? [] : [labelled('cap', `${text} by all runs of ${oneLine(group)}`)],
    ),
    labelled('run', endNote(bill)),
  ].filter((note) => note !== '')
}

const labelled = (label: string, note: string): string =>
  note === '' ? '' : `${label.padEnd(INDENT.length)}${note}`

function costNote({ costReason }: BilledTokens): string {
  const reason = oneLine(costReason ?? '')
  return `unknown: ${reason}${/\bprices?\b/.test(reason) ? ' → give one with --prices FILE' : ''}`
}

function forecastNote({ forecastReason, models }: RunBill, forecast: Estimate | null): string {
  if (forecast !== null) {
    const used = models[0]?.model ?? null
    return used === null || isSameModel(used, forecast.model) ? '' : `for ${oneLine(forecast.model)}`
  }
  const hint = forecastReason === 'no task was named' ? ' → name it with --task FILE' : ''
  return `none: ${oneLine(forecastReason ?? '')}${hint}`
}

function endNote({ outcome, exit, signal, run, store, actual, command }: RunBill): string {
  const ended = signal === null ? `exit ${exit ?? 'unknown'}` : `ended by ${signal}`
  const over = outcome === 'budget-exhausted' ? ['over budget: calls were refused'] : []
  const kept = store === null ? 'not kept' : `kept as ${run.slice(0, 12)}`
  const isUnseen = actual.calls.amount === 0 && over.length === 0 && command.length > 0
  const unseen = isUnseen ? ['no call came through the gateway'] : []
  return [...over, ...unseen, ended, kept].join(' · ')
}

/** `3.2 s`, `4 min 7 s`, `2 h 5 min`. */
export function shortTime(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
