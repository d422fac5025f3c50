import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KnownError } from '../../../src/errors.ts'
import { chiSquareTest } from '../../../src/metrics/chi-square.ts'
import { clusterTest } from '../../../src/metrics/cluster-test.ts'
import { cochranArmitage, type Dose } from '../../../src/metrics/cochran-armitage.ts'
import { fisherExact } from '../../../src/metrics/fisher.ts'
import { groupScores, trendScores } from '../../../src/metrics/score-contributions.ts'
import { type Random, seededRandom } from '../../../src/regress/random.ts'

const EXPERIMENTS = 400
const logistic = (z: number): number => 1 / (1 + Math.exp(-z))

/** One simulated evaluation in which the covariate has no effect. */
interface Experiment {
  readonly outcomes: number[]
  readonly codes: number[]
  readonly covariate: number[]
}

interface Scenario {
  readonly name: string
  readonly simulate: (random: Random, experiment: Experiment) => void
  readonly groups?: true
  readonly naive: (doses: readonly Dose[]) => number
}

const fisher = ([a, b]: readonly Dose[]): number => (a && b ? fisherExact(a, b) : 1)

/** Each task has five runs in each arm; arm and task have a common effect of their own. */
const cells =
  (tasks: number, arms: readonly number[], centre: number) =>
  (random: Random, { outcomes, codes, covariate }: Experiment): void => {
    for (let task = 0; task < tasks; task++) {
      const easy = centre + random.normal()
      for (const arm of arms) {
        const p = logistic(easy + 2 * random.normal())
        for (let run = 0; run < 5; run++) {
          outcomes.push(random.uniform() < p ? 1 : 0)
          codes.push(task)
          covariate.push(arm)
        }
      }
    }
  }

/** Each day has its own tasks. */
const days = (random: Random, { outcomes, codes, covariate }: Experiment): void => {
  for (let task = 0; task < 60; task++) {
    const p = logistic(-3.5 + 2 * random.normal())
    for (let run = 0; run < 5; run++) {
      outcomes.push(random.uniform() < p ? 1 : 0)
      codes.push(task)
      covariate.push(task % 5)
    }
  }
}

/** Infrastructure errors: a host that is ill on a day fails many of its runs; hosts and multipliers change by the day. */
const bursts =
  (covariateOf: (host: number, day: number) => number) =>
  (random: Random, { outcomes, codes, covariate }: Experiment): void => {
    for (let cell = 0; cell < 48; cell++) {
      const p = random.uniform() < 0.15 ? 0.4 : 0.005
      for (let run = 0; run < 20; run++) {
        outcomes.push(random.uniform() < p ? 1 : 0)
        codes.push(cell)
        covariate.push(covariateOf(cell % 4, cell >> 2))
      }
    }
  }

const SCENARIOS: readonly Scenario[] = [
  { name: 'two arms over 60 tasks, half resolved', simulate: cells(60, [0, 1], 0), naive: fisher },
  {
    name: 'multipliers over 20 tasks',
    simulate: cells(20, [1, 2, 3, 5], 0),
    naive: (d) => cochranArmitage(d).p,
  },
  {
    name: 'multipliers, 5 % resolved',
    simulate: cells(60, [1, 2, 3, 5], -5),
    naive: (d) => cochranArmitage(d).p,
  },
  { name: 'days with tasks of their own', simulate: days, groups: true, naive: (d) => chiSquareTest(d).p },
  { name: 'bursts of errors, arm by day', simulate: bursts((_, day) => day % 2), naive: fisher },
  {
    name: 'bursts of errors by host',
    simulate: bursts((host) => host),
    groups: true,
    naive: (d) => chiSquareTest(d).p,
  },
]

describe('a test without any effect', () => {
  for (const scenario of SCENARIOS) {
    it(`is significant in about 5 % of the cases by cluster, and far more often naively: ${scenario.name}`, () => {
      const random = seededRandom(2024)
      let [byCluster, naive] = [0, 0]
      for (let seed = 0; seed < EXPERIMENTS; seed++) {
        const experiment: Experiment = { outcomes: [], codes: [], covariate: [] }
        scenario.simulate(random, experiment)
        if (defined(() => clusterP(scenario, experiment, seed)) <= 0.05) byCluster++
        if (defined(() => scenario.naive(tally(experiment))) <= 0.05) naive++
      }
      // Three standard errors of 400 experiments are 3.3 %.
      const rate = byCluster / EXPERIMENTS
      assert.ok(rate > 0.017 && rate < 0.083, `${rate} by cluster`)
      assert.ok(naive / EXPERIMENTS > 0.1, `${naive / EXPERIMENTS} naively`)
    })
  }
})

function clusterP(scenario: Scenario, { outcomes, codes, covariate }: Experiment, seed: number): number {
  const scores = (scenario.groups ? groupScores : trendScores)({ outcomes, codes }, covariate)
  return clusterTest(scores, { seed, draws: 199 }).midP
}

/** Data that no test is defined for show no effect. */
function defined(p: () => number): number {
  try {
    return p()
  } catch (error) {
    if (error instanceof KnownError && error.code === 'too-little-data') return 1
    throw error
  }
}

function tally({ outcomes, covariate }: Experiment): Dose[] {
  const doses = new Map<number, { score: number; successes: number; trials: number }>()
  for (const [i, score] of covariate.entries()) {
    const dose = doses.get(score) ?? { score, successes: 0, trials: 0 }
    dose.trials++
    dose.successes += outcomes[i] as number
    doses.set(score, dose)
  }
  return [...doses.values()].sort((a, b) => a.score - b.score)
}
