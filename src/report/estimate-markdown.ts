import type { Estimate } from '../forecast/estimate.ts'
import { shortTokens, shortUsd } from '../units.ts'
import {
  type EstimateDocument,
  markedModel,
  reasonsHead,
  shortPercent,
  shownReasons,
  trustLines,
  whereLine,
} from './estimate-notes.ts'
import { escapeMarkdown } from './markdown.ts'

/** The forecast as a Markdown table, for a comment or a summary; text of others is escaped. */
export function estimateMarkdown(document: EstimateDocument, budgetUsd: number | null): string {
  const { title, forecasts } = document
  const first = forecasts[0]
  if (first === undefined) return 'no model to forecast for\n'
  const heads = ['model', 'total tokens', 'output tokens', 'cost', 'resolved']
  if (budgetUsd !== null) heads.push(`P(over ${shortUsd(budgetUsd)})`)
  const reasons = shownReasons(first).map(
    ({ effect, words }) => `- × ${effect.toFixed(2)} ${escapeMarkdown(words)}`,
  )
  const lines = [
    `### Forecast: ${escapeMarkdown(title)}`,
    '',
    `${escapeMarkdown(whereLine(document, first))}. Middle value, and the range of 8 in 10.`,
    '',
    `| ${heads.join(' | ')} |`,
    `|${heads.map((_, j) => (j === 0 ? ' --- ' : ' ---: ')).join('|')}|`,
    ...forecasts.map((forecast) => `| ${cells(forecast, budgetUsd).join(' | ')} |`),
    '',
    ...(reasons.length === 0 ? [] : [escapeMarkdown(reasonsHead(first)), '', ...reasons, '']),
    trustLines(document).map(escapeMarkdown).join('\n\n'),
  ]
  return `${lines.join('\n')}\n`
}

function cells(forecast: Estimate, budgetUsd: number | null): string[] {
  const { totalTokens, outputTokens, costUsd, resolved, overBudget } = forecast
  const spread = (middle: string, low: string, high: string) => `${middle} (${low} – ${high})`
  const tokens = ({ p10, p50, p90 }: Estimate['totalTokens']) =>
    spread(shortTokens(p50), shortTokens(p10), shortTokens(p90))
  return [
    escapeMarkdown(markedModel(forecast)),
    tokens(totalTokens),
    tokens(outputTokens),
    costUsd === null ? 'unknown' : costCell(costUsd, spread),
    resolved === null ? 'unknown' : shortPercent(resolved),
    ...(budgetUsd === null ? [] : [overBudget == null ? 'unknown' : shortPercent(overBudget)]),
  ]
}

function costCell(
  { p10, p50, p90 }: NonNullable<Estimate['costUsd']>,
  spread: (middle: string, low: string, high: string) => string,
): string {
  const usd = (amount: string) => shortUsd(Number(amount))
  return Number(p90) === 0 ? usd(p50) : spread(usd(p50), usd(p10), usd(p90))
}
