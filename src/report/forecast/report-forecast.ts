import type { Evaluation } from '../../learn/evaluate.ts'
import type { FeatureGroupResult } from '../../learn/feature-groups.ts'
import type { MatchedEstimate } from '../../store/keep-estimates.ts'
import type { Block, Section } from '../document.ts'
import type { Findings } from '../findings.ts'
import { calibrationBlocks } from './calibration.ts'
import { correlationBlocks } from './correlations.ts'
import { evaluatedBlocks, evaluatedWords } from './evaluated.ts'
import { featureGroupBlocks } from './feature-groups.ts'
import { type Foreseen, foreseenOf, knownPlaces } from './foreseen.ts'
import { overTimeBlocks } from './over-time.ts'
import { resolvedBlocks } from './resolved.ts'

/** What forecasts are judged by. */
export interface ForecastData {
  /** Kept forecasts with the runs that came of them. */
  readonly estimates: Iterable<MatchedEstimate>
  /** How the shipped bundle did on tasks it had not seen; null = not asked about. */
  readonly evaluation: Evaluation | null
  /** What groups of features are worth; empty = not asked about. */
  readonly featureGroups: readonly FeatureGroupResult[]
}

/** How well spending was foreseen: by kept forecasts, and by the evaluation of the bundle. */
export function forecastFindings({ estimates, evaluation, featureGroups }: ForecastData): Findings {
  const { systems, waiting } = foreseenOf(estimates)
  const section = (
    id: string,
    title: string,
    blocks: readonly Block[],
    words: readonly string[] = [],
  ): Section[] => (blocks.length === 0 ? [] : [{ id, title, words, blocks }])
  const words = [...forecastWords(systems), ...(evaluation === null ? [] : evaluatedWords(evaluation))]
  return {
    summary: words,
    unsaid: words.length === 0 ? [NO_FORECAST] : [],
    excluded:
      waiting === 0
        ? []
        : [{ runs: waiting, why: 'no run has come of the forecast yet', from: 'all figures of forecasts' }],
    sections: [
      ...section('foreseen', 'Forecast and actual', correlationBlocks(systems), forecastWords(systems)),
      ...section('calibration', 'Do the ranges hold', calibrationBlocks(systems)),
      ...section('drift', 'Over time', overTimeBlocks(systems)),
      ...section('chance', 'Chance of being resolved', resolvedBlocks(systems)),
      ...section(
        'trained',
        'Trained forecaster and the model’s own forecast',
        evaluation === null ? [] : evaluatedBlocks(evaluation),
      ),
      ...section('features', 'What features are worth', featureGroupBlocks(featureGroups)),
    ],
  }
}

const NO_FORECAST =
  'No forecast has met its run yet: `foretoken estimate` keeps its forecasts where there is a store, and the next imported run of the task is matched with it.'

/** How many ranges held, in plain words. */
function forecastWords(systems: readonly Foreseen[]): readonly string[] {
  const runs = systems.flatMap(({ total }) =>
    knownPlaces(total).map(
      (i) =>
        (total.actual[i] as number) >= (total.p10[i] as number) &&
        (total.actual[i] as number) <= (total.p90[i] as number),
    ),
  )
  if (runs.length === 0) return []
  const inside = runs.filter(Boolean).length
  return [
    `Of ${runs.length === 1 ? 'one run that was' : `${runs.length.toLocaleString('en-US')} runs that were`} forecast, ${inside} (${((100 * inside) / runs.length).toFixed(0)} %) spent what the 80 % range said.`,
  ]
}
