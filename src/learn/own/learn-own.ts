import { createHash } from 'node:crypto'
import type { Bundle } from '../../forecast/bundle.ts'
import { agentKey, agentPrior } from '../../forecast/pair.ts'
import { strangenessOf } from '../../forecast/unfamiliar.ts'
import { QUANTITIES } from '../dataset.ts'
import { cellsOf } from './cells.ts'
import { fitOwnHead, type OwnHead, type OwnInput } from './fit-own.ts'
import { groupsOf, type HeldOutCells, holdOut } from './held-out.ts'
import type { OwnHistory } from './history.ts'
import { learntHead } from './learnt-head.ts'
import { learntOutcomes } from './learnt-outcomes.ts'
import { learntPairs } from './learnt-pairs.ts'
import { type HeldOut, learntResiduals } from './learnt-residuals.ts'
import { learntTasks } from './learnt-tasks.ts'

export interface LearnParams {
  readonly id: string
  /** Of the folds that errors are taken from. */
  readonly seed: number
  /** The weight of a run is halved every so many days. */
  readonly halfLifeDays: number
}

/** A prompt, a tool or a model changes within months. */
export const HALF_LIFE_DAYS = 180

/**
 * Learns on from own runs: a new bundle on top of one made from tables. Levels of agents, pairs and repositories, the
 * scale of the shared size and the weights of features move from where the bundle has them as far as the runs carry
 * (partial pooling); with no run nothing moves. Same bundle, history and seed: same bytes.
 */
export function learnOwn(bundle: Bundle, history: OwnHistory, params: LearnParams): Bundle {
  const last = history.runs.at(-1)
  const first = history.runs[0]
  if (first === undefined || last === undefined) return { ...bundle, id: params.id }
  const cells = cellsOf(history, { halfLifeDays: params.halfLifeDays, nowMs: last.atMs })
  const input: OwnInput = { bundle, history, cells }
  const repository = fitOwnHead(input, bundle.heads.repository)
  const heads = { repository, issue: fitOwnHead(input, bundle.heads.issue, repository) }
  const seriesOf = seriesIn(bundle, heads.repository)
  const learnt = {
    repository: learntHead(bundle.heads.repository, heads.repository),
    issue: learntHead(bundle.heads.issue, heads.issue),
  }
  return {
    ...bundle,
    id: params.id,
    data: hashOf(bundle, history),
    tasks: bundle.tasks + history.tasks.length,
    pairs: [...learntPairs(input, heads.repository)],
    heads: learnt,
    residuals: learntResiduals(input, heads.repository, heldOutBy(input, heads, params.seed)),
    resolved: learntOutcomes(input, heads.repository),
    unfamiliar: widerLimits(bundle, history, heads),
    learnt: {
      base: bundle.id,
      runs: history.runs.length,
      from: new Date(first.atMs).toISOString(),
      until: new Date(last.atMs).toISOString(),
      agents: agentLevels(heads.repository),
      tasks: {
        repository: learntTasks(input, heads.repository, seriesOf),
        issue: learntTasks(input, heads.issue, seriesOf),
      },
    },
  }
}

/** Where an own pair stands in the bundle: at its own place, or behind all that were there. */
function seriesIn({ pairs }: Bundle, { layout }: OwnHead): (pair: number) => number {
  const fresh = layout.pairs.flatMap(({ kinship }, pair) => (kinship === 'trained' ? [] : [pair]))
  return (pair) => {
    const known = layout.pairs[pair]
    if (known?.kinship === 'trained' && known.series !== null) return known.series
    return pairs.length + fresh.indexOf(pair)
  }
}

type Heads = Readonly<Record<'repository' | 'issue', OwnHead>>

/** Fewer groups than this tell nothing of a group to come. */
const FEWEST_GROUPS = 3

function heldOutBy(input: OwnInput, heads: Heads, seed: number): HeldOut {
  const by = (head: OwnHead, unit: 'task' | 'repository'): HeldOutCells | null => {
    const groups = groupsOf(input, unit)
    return new Set(groups).size < FEWEST_GROUPS ? null : holdOut(input, head, { groups, seed })
  }
  const known = by(heads.repository, 'task')
  return { known, new: by(heads.repository, 'repository') ?? known, issue: by(heads.issue, 'task') }
}

/** How much dearer each agent is than the one whose pair stands for it, in log10 tokens. */
function agentLevels({ layout, quantities }: OwnHead) {
  return layout.agents.map((agent, k) => {
    const level = (quantity: 'output' | 'total') => {
      const effect = quantities[quantity].fit.effects[layout.at.agent + k] as number
      return Number((agentPrior(layout.bundle, agent, quantity).shift + effect).toFixed(4))
    }
    return { agent: agentKey(agent), output: level('output'), total: level('total') }
  })
}

/** From so many own tasks on, what they are like counts as familiar. */
const ENOUGH_TASKS = 20

/** So many own tasks are looked at, the last. */
const MOST_TASKS = 2000

/** The limits of what is alike, widened to what 99 % of the own tasks keep. */
function widerLimits({ unfamiliar }: Bundle, { tasks }: OwnHistory, heads: Heads): Bundle['unfamiliar'] {
  const seen = tasks.slice(-MOST_TASKS).flatMap(({ features: read, repository }) => {
    const features = read()
    return features === null ? [] : [{ features, repository }]
  })
  if (seen.length < ENOUGH_TASKS) return unfamiliar
  const limit = (kind: 'repository' | 'issue') => {
    const { encoder } = heads[kind].view
    const measured = seen.map((task) => strangenessOf(encoder, task, encoder.encode(task)))
    const wide = (name: 'grams' | 'distance') => {
      const sorted = measured.map((each) => each[name]).sort((a, b) => a - b)
      const own = sorted[Math.floor(0.99 * (sorted.length - 1))] as number
      return Number(Math.max(unfamiliar[kind][name], own).toFixed(4))
    }
    return { grams: wide('grams'), distance: wide('distance') }
  }
  const shapes = unfamiliar.shapes.map(([low, high], j): [number, number] => {
    const own = seen.flatMap(({ features }) => features.dense.shape[j] ?? [])
    return [Math.min(low, ...own), Math.max(high, ...own)]
  })
  return { repository: limit('repository'), issue: limit('issue'), shapes }
}

/** Of the tables behind the bundle and every run. */
function hashOf({ data }: Bundle, { tasks, pairs, runs }: OwnHistory): string {
  const hash = createHash('sha256').update(data)
  for (const { id, repository, fingerprint } of tasks)
    hash.update(`\n${JSON.stringify([id, repository, fingerprint])}`)
  for (const pair of pairs) hash.update(`\n${JSON.stringify(pair)}`)
  for (const run of runs)
    hash.update(
      `\n${JSON.stringify([run.task, run.pair, run.atMs, ...QUANTITIES.map((q) => run[q]), run.telling])}`,
    )
  return hash.digest('hex')
}
