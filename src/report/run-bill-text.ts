import type { Estimate } from '../forecast/estimate.ts'
import { shortTokens, shortUsd } from '../units.ts'
import type { Count } from '../usage/count.ts'
import { oneLine } from './estimate-notes.ts'
import type { BilledTokens, RunBill } from './run-bill.ts'
import { table, wrap } from './text-layout.ts'

/** The bill for people: actual, forecast and cap are three labelled lines. */
export function runBillText(bill: RunBill, columns: number): string {
  const lines = [
    ...table([HEADS, ...rowsOf(bill)], { columns, left: 1, dispensable: [4, 3, 2] }),
    '',
    ...actualLines(bill),
    ...forecastLines(bill),
    ...bill.caps.map(
      ({ text, group }) => `cap       ${text}${group === null ? '' : ` by all runs of ${group}`}`,
    ),
    ...endLines(bill),
  ]
  return `${lines.flatMap((line) => wrap(line, columns, INDENT)).join('\n')}\n`
}

const INDENT = ' '.repeat(10)
const HEADS = ['model', 'calls', 'input', 'cache read', 'cache write', 'output', 'total', 'cost']

function rowsOf({ models, actual }: RunBill): readonly string[][] {
  const rows = models.map((model) => [oneLine(model.model ?? '(not told)'), ...cells(model)])
  return rows.length === 1 ? rows : [...rows, ['all', ...cells(actual)]]
}

function cells(tokens: BilledTokens): string[] {
  const { calls, input, cacheRead, cacheWrite5m, cacheWrite1h, output, total, costUsd } = tokens
  const written = {
    amount: cacheWrite5m.amount + cacheWrite1h.amount,
    atLeast: cacheWrite5m.atLeast || cacheWrite1h.atLeast,
  }
  return [
    ...[calls, input, cacheRead, written, output, total].map(shown),
    costUsd === null ? 'unknown' : shortUsd(Number(costUsd)),
  ]
}

/** `≥` where some calls told less than they used. */
const shown = ({ amount, atLeast }: Count): string => `${atLeast ? '≥ ' : ''}${shortTokens(amount)}`

function actualLines({ actual, wallSeconds, replayed }: RunBill): readonly string[] {
  const { output, total, costUsd, costReason } = actual
  const money =
    costUsd === null
      ? `cost unknown, ${oneLine(costReason ?? '')} → give a price with --prices FILE`
      : replayed === null
        ? shortUsd(Number(costUsd))
        : `$0 paid (${shortUsd(Number(costUsd))} when asked for anew)`
  const partial = total.atLeast ? ['          ≥: replies that broke off told no more'] : []
  return [
    `actual    ${shown(total)} tokens, ${shown(output)} of them output · ${money} · ${shortTime(wallSeconds)}`,
    ...partial,
    ...(replayed === null ? [] : [`replay    ${replayed}`]),
  ]
}

function forecastLines({ forecast, forecastReason }: RunBill): readonly string[] {
  if (forecast === null) {
    const hint = forecastReason === 'no task was named' ? ' → name it with --task FILE' : ''
    return [`forecast  none: ${oneLine(forecastReason ?? '')}${hint}`]
  }
  return [
    `forecast  ${ofRange(forecast.totalTokens)} tokens, ${ofRange(forecast.outputTokens)} of them output${money(forecast)}; 8 in 10`,
  ]
}

const ofRange = ({ p10, p50, p90 }: Estimate['totalTokens']): string =>
  `${shortTokens(p50)} (${shortTokens(p10)} – ${shortTokens(p90)})`

function money({ costUsd }: Estimate): string {
  if (costUsd === null) return ' · cost unknown'
  const [low, middle, high] = [costUsd.p10, costUsd.p50, costUsd.p90].map((usd) => shortUsd(Number(usd)))
  return ` · ${middle} (${low} – ${high})`
}

function endLines({ outcome, exit, signal, run, store }: RunBill): readonly string[] {
  const ended = signal === null ? `exit ${exit ?? 'unknown'}` : `ended by ${signal}`
  const over = outcome === 'budget-exhausted' ? 'over budget: calls were refused · ' : ''
  return [`run       ${over}${ended} · ${store === null ? 'not kept' : `kept as ${run.slice(0, 12)}`}`]
}

/** `3.2 s`, `4 min 7 s`, `2 h 5 min`. */
export function shortTime(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
