import { KnownError } from '../errors.ts'
import { type BetweenScores, betweenScores } from './between-scores.ts'
import { clustersOf, type Numbered } from './cluster-codes.ts'
import { checkPairs } from './pairs.ts'
import { type ScoreColumns, type WithinScores, withinScores } from './within-scores.ts'

export interface TestRows {
  readonly outcomes: ArrayLike<number>
  /** The cluster of each row (task; host and day): what goes together, and is dealt with as a whole. */
  readonly codes: ArrayLike<number>
  /** Groups whose level is taken out first, such as days. */
  readonly strata?: ArrayLike<number>
  /** Clusters change places only inside a block, such as hosts inside a day, where none lies in several; default: strata. */
  readonly blocks?: ArrayLike<number>
  /** Default: 'within' where at least half of the rows lie in clusters inside which the covariate varies. */
  readonly comparison?: 'within' | 'between'
}

export type Scores = WithinScores | BetweenScores

/** An outcome against a number per row: an arm (0 or 1), a multiplier, how many runs there were at once. */
export function trendScores(rows: TestRows, covariate: ArrayLike<number>): Scores {
  checkPairs(rows.outcomes, covariate)
  return scoresOf(rows, { dimensions: 1, column: () => covariate }, covariate)
}

/** An outcome against groups named by codes: days, hours, hosts; one dimension for each group. */
export function groupScores(rows: TestRows, groups: ArrayLike<number>): Scores {
  checkPairs(rows.outcomes, groups)
  const { of, count } = clustersOf(groups)
  const column = (group: number): Uint8Array => {
    const flags = new Uint8Array(of.length)
    for (let i = 0; i < of.length; i++) flags[i] = of[i] === group ? 1 : 0
    return flags
  }
  return scoresOf(rows, { dimensions: count, column }, of)
}

function scoresOf(
  rows: TestRows,
  covariate: Pick<ScoreColumns, 'dimensions' | 'column'>,
  labels: ArrayLike<number>,
): Scores {
  const { outcomes, codes, strata, blocks = strata } = rows
  checkPairs(outcomes, codes)
  if (strata !== undefined) checkPairs(outcomes, strata)
  if (blocks !== undefined) checkPairs(outcomes, blocks)
  checkVaries(outcomes, 'outcome')
  checkVaries(labels, 'covariate')
  const clusters = clustersOf(codes)
  const columns = {
    ...covariate,
    outcomes,
    clusters,
    strata: strata === undefined ? null : clustersOf(strata),
    blocks: blocks === undefined ? null : clustersOf(blocks),
  }
  const comparison = rows.comparison ?? (varies(labels, clusters) ? 'within' : 'between')
  return comparison === 'within' ? withinScores(columns) : betweenScores(columns)
}

function checkVaries(values: ArrayLike<number>, what: string): void {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return
  throw new KnownError('too-little-data', `the ${what} of all ${values.length} rows is ${values[0]}`)
}

/** Whether at least half of the rows lie in clusters that hold more than one value of the covariate. */
export function varies(labels: ArrayLike<number>, clusters: Numbered): boolean {
  const first = new Float64Array(clusters.count).fill(Number.NaN)
  const mixed = new Uint8Array(clusters.count)
  for (let i = 0; i < labels.length; i++) {
    const g = clusters.of[i] as number
    if (Number.isNaN(first[g])) first[g] = labels[i] as number
    else if (first[g] !== labels[i]) mixed[g] = 1
  }
  let rows = 0
  for (let i = 0; i < labels.length; i++) rows += mixed[clusters.of[i] as number] as number
  return 2 * rows >= labels.length
}
