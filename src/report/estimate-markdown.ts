import type { Estimate } from '../forecast/estimate.ts'
import { shortTokens, shortUsd } from '../units.ts'
import type { EstimateDocument } from './estimate-text.ts'
import { escapeMarkdown } from './markdown.ts'
import { inWords, shortPercent } from './words.ts'

/** The forecast as a Markdown table, for a comment or a summary; text of others is escaped. */
export function estimateMarkdown({ title, forecasts }: EstimateDocument, budgetUsd: number | null): string {
  const heads = ['model', 'total tokens', 'output tokens', 'cost', 'resolved']
  if (budgetUsd !== null) heads.push(`P(over ${shortUsd(budgetUsd)})`)
  const lines = [
    `### Forecast: ${escapeMarkdown(title)}`,
    '',
    `| ${heads.join(' | ')} |`,
    `|${heads.map((_, j) => (j === 0 ? ' --- ' : ' ---: ')).join('|')}|`,
    ...forecasts.map((forecast) => `| ${cells(forecast, budgetUsd).join(' | ')} |`),
    '',
    ...(forecasts[0]?.basis.reasons ?? []).map(
      ({ meaning, effect }) => `- × ${effect.toFixed(2)} ${escapeMarkdown(inWords(meaning))}`,
    ),
    '',
    `Middle value, and the range that 8 in 10 tasks fall into${note(forecasts)}.`,
  ]
  return `${lines.join('\n')}\n`
}

function cells(
  { model, totalTokens, outputTokens, costUsd, resolved, overBudget }: Estimate,
  budgetUsd: number | null,
): string[] {
  const spread = (middle: string, low: string, high: string) => `${middle} (${low} – ${high})`
  const tokens = ({ p10, p50, p90 }: Estimate['totalTokens']) =>
    spread(shortTokens(p50), shortTokens(p10), shortTokens(p90))
  const usd = (amount: string) => shortUsd(Number(amount))
  return [
    escapeMarkdown(model),
    tokens(totalTokens),
    tokens(outputTokens),
    costUsd === null ? 'unknown' : spread(usd(costUsd.p50), usd(costUsd.p10), usd(costUsd.p90)),
    resolved === null ? 'unknown' : shortPercent(resolved),
    ...(budgetUsd === null ? [] : [overBudget == null ? 'unknown' : shortPercent(overBudget)]),
  ]
}

function note(forecasts: readonly Estimate[]): string {
  return forecasts.some(({ basis }) => !basis.inDistribution)
    ? '; this task is unlike those trained on, so it may be too narrow'
    : ''
}
