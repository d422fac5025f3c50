import { csvParse } from 'd3-dsv'
import { KnownError } from '../errors.ts'

/** An idea that was tried, and what it added to the mean r over the models. */
export interface Idea {
  readonly idea: string
  readonly taskCv: { readonly output: number; readonly total: number }
  readonly repoOut: { readonly output: number; readonly total: number }
  readonly verdict: string
}

/** Parses `ideas.csv`. @throws KnownError data-malformed */
export function parseIdeas(csv: string): readonly Idea[] {
  return csvParse(csv).map((row, index) => {
    const number = (column: string): number => {
      const value = Number(row[column])
      if (!row[column] || !Number.isFinite(value)) {
        throw new KnownError(
          'data-malformed',
          `ideas.csv line ${index + 2}: ${column} is ${JSON.stringify(row[column])}`,
        )
      }
      return value
    }
    return {
      idea: row.idea ?? '',
      taskCv: { output: number('task_cv_output'), total: number('task_cv_total') },
      repoOut: { output: number('repo_out_output'), total: number('repo_out_total') },
      verdict: row.verdict ?? '',
    }
  })
}
