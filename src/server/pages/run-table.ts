import { dataTable } from './data-table.ts'
import { html, type Markup } from './markup.ts'
import { momentOf } from './page-words.ts'
import { actualText, DOLLARS, placeCell, rangeText, TOKENS } from './run-cells.ts'
import type { RunRow } from './runs-view.ts'

/** Runs, each beside its forecast. */
export function runTable(runs: readonly RunRow[]): Markup {
  const heads = [
    'run',
    'against its range',
    'tokens',
    '8 in 10: tokens',
    'cost',
    '8 in 10: cost',
    'outcome',
    'began',
  ]
  const figures = [2, 3, 4, 5]
  return dataTable({
    id: 'runs-table',
    title: 'Actual against forecast',
    columns: heads.map((head, j) => ({ head, figure: figures.includes(j) })),
    rows: runs.map((run) => [
      html`<a href="${run.href}">${run.task ?? run.id.slice(0, 12)}</a>${who(run.agent, run.model)}`,
      placeCell(run.totalTokens, TOKENS, run.incomplete),
      actualText(run.totalTokens, run.incomplete, TOKENS),
      rangeText(run.totalTokens, TOKENS) ?? '–',
      actualText(run.cost, run.incomplete, DOLLARS),
      rangeText(run.cost, DOLLARS) ?? (run.forecast === null ? '–' : 'unknown'),
      run.outcome ?? 'not recorded',
      momentOf(run.startedAt),
    ]),
    note: 'Each bar is the range of 8 in 10 of that run’s forecast on a logarithmic scale, the notch its middle, the dot all tokens that were spent, hollow where the run is not counted. ≥ = at least: some calls told less than they used.',
  })
}

/** Agent and model under the name of a run. */
export const who = (agent: string | null, model: string | null): Markup =>
  html`<br><span class="note">${agent ?? 'agent not recorded'} · ${model ?? 'model not recorded'}</span>`
