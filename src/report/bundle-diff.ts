import type { Bundle } from '../forecast/bundle.ts'
import { type Forecaster, forecasterOf } from '../forecast/forecaster.ts'
import { resolveProbability } from '../forecast/resolved.ts'
import type { Issue } from '../task/issue.ts'
import { changeOfForecasts, type ForecastChange } from './forecast-change.ts'

/** A value in the older and in the newer bundle. */
export type Both<Value> = readonly [from: Value, to: Value]

/** What of a bundle is compared as a whole. */
interface BundleFacts {
  readonly id: string
  /** SHA-256 of what it was made from. */
  readonly data: string
  readonly tasks: number
  readonly pairs: number
  readonly repositories: number
}

/** How what is known of an agent with a model has changed. Factors are newer over older; null = not known to one of them. */
export interface PairChange {
  readonly agent: string
  readonly model: string
  readonly tasks: Both<number>
  /** Runs that each recorded value averages. */
  readonly runs: Both<number>
  /** Of the typical tokens of a task. */
  readonly totalTokens: number | null
  readonly outputTokens: number | null
  /** Standard deviation between runs of one task, in log10 total tokens. */
  readonly runNoise: Both<number>
  /** P(resolved) of a task of average size; null where no outcome is recorded. */
  readonly resolved: Both<number | null>
  /** On the tasks that both were asked about. */
  readonly forecasts: ForecastChange
}

/** The document `models-diff/1`. */
export interface BundleDiff {
  readonly schema: 'models-diff/1'
  readonly from: BundleFacts
  readonly to: BundleFacts
  /** Made from the same data. */
  readonly sameData: boolean
  readonly pairs: {
    readonly added: readonly PairName[]
    readonly removed: readonly PairName[]
    readonly both: readonly PairChange[]
  }
  readonly repositories: { readonly added: readonly string[]; readonly removed: readonly string[] }
  /** Over all pairs that both know. */
  readonly forecasts: ForecastChange
}

interface PairName {
  readonly agent: string
  readonly model: string
}

/** A task that both bundles are asked about, from the issue alone. */
export interface AskedIssue {
  readonly name: string
  readonly issue: Issue
}

/** What a newer bundle says otherwise than an older one. Pure. */
export function diffBundles(from: Bundle, to: Bundle, tasks: readonly AskedIssue[]): BundleDiff {
  const [before, after] = [forecasterOf(from), forecasterOf(to)]
  const shared = from.pairs.filter((pair) => indexOf(to, pair) >= 0)
  const both = shared.map((pair) => pairChange({ before, after }, pair, tasks))
  const names = (bundle: Bundle, other: Bundle): readonly PairName[] =>
    bundle.pairs.filter((pair) => indexOf(other, pair) < 0).map(({ agent, model }) => ({ agent, model }))
  const [known, knows] = [repositoriesOf(from), repositoriesOf(to)]
  return {
    schema: 'models-diff/1',
    from: factsOf(from),
    to: factsOf(to),
    sameData: from.data === to.data,
    pairs: { added: names(to, from), removed: names(from, to), both },
    repositories: {
      added: knows.filter((name) => !known.includes(name)),
      removed: known.filter((name) => !knows.includes(name)),
    },
    forecasts: changeOfForecasts({ before, after }, shared, tasks),
  }
}

/** Two bundles made ready. */
export interface TwoForecasters {
  readonly before: Forecaster
  readonly after: Forecaster
}

function pairChange(two: TwoForecasters, pair: PairName, tasks: readonly AskedIssue[]): PairChange {
  const { agent, model } = pair
  const [from, to] = [two.before.bundle, two.after.bundle]
  const facts = (bundle: Bundle) => {
    const index = indexOf(bundle, pair)
    const known = bundle.pairs[index]
    if (known === undefined) throw new Error(`${agent} with ${model} is in both bundles`)
    const { output, total } = bundle.heads.repository.quantities
    return {
      known,
      resolved: resolveProbability(bundle.resolved, index, 0),
      output: output.series[index]?.offset,
      total: total.series[index]?.offset,
    }
  }
  const [old, now] = [facts(from), facts(to)]
  return {
    agent,
    model,
    tasks: [old.known.tasks, now.known.tasks],
    runs: [old.known.runs, now.known.runs],
    totalTokens: factor(old.total, now.total),
    outputTokens: factor(old.output, now.output),
    runNoise: [old.known.runNoise.total, now.known.runNoise.total],
    resolved: [old.resolved, now.resolved],
    forecasts: changeOfForecasts(two, [pair], tasks),
  }
}

/** Of two levels in log10. */
const factor = (from: number | undefined, to: number | undefined): number | null =>
  from === undefined || to === undefined ? null : 10 ** (to - from)

const indexOf = ({ pairs }: Bundle, { agent, model }: PairName): number =>
  pairs.findIndex((pair) => pair.agent === agent && pair.model === model)

const repositoriesOf = ({ heads }: Bundle): readonly string[] => heads.repository.encoding.repositories

const factsOf = (bundle: Bundle): BundleFacts => ({
  id: bundle.id,
  data: bundle.data,
  tasks: bundle.tasks,
  pairs: bundle.pairs.length,
  repositories: repositoriesOf(bundle).length,
})
