import type { Bundle } from '../../forecast/bundle.ts'
import type { OwnHistory } from './history.ts'
import { type LearnParams, learnOwn } from './learn-own.ts'
import { type ScoredRun, scoreRuns } from './score-runs.ts'

/** Runs forecast before they were learnt from, by both bundles. */
export interface HeldForward {
  readonly champion: readonly ScoredRun[]
  readonly challenger: readonly ScoredRun[]
  /** What was known before the first of them, learnt from no run held out. */
  readonly before: Bundle
  /** Where in the history each block begins: what came before it was learnt from. */
  readonly blocks: readonly number[]
  /** Whether each run is of a task that had not been run before. */
  readonly fresh: readonly boolean[]
}

export interface HoldForward {
  /** Made from tables alone: what challengers start from. */
  readonly root: Bundle
  readonly champion: Bundle
  readonly history: OwnHistory
  readonly params: LearnParams
  /** Awaited after each fit. */
  readonly step: () => Promise<void>
}

const BLOCKS = 4
/** The newest so many runs are held out at most. */
const MOST_HELD_OUT = 600
/** This part of all runs is learnt from before the first is held out. */
const LEARNT_FIRST = 0.25

/**
 * Lets time pass once more: runs that the champion has not seen are forecast block by block by a bundle that learnt from
 * all before (prequential evaluation, Dawid 1984), and by the champion. Runs cut short are not scored: what they would have
 * taken is not known.
 */
export async function holdForward({
  root,
  champion,
  history,
  params,
  step,
}: HoldForward): Promise<HeldForward> {
  const seenUntil =
    champion.learnt === undefined ? Number.NEGATIVE_INFINITY : Date.parse(champion.learnt.until)
  const unseen = history.runs.findIndex(({ atMs }) => atMs > seenUntil)
  const count = history.runs.length
  const start = Math.max(unseen < 0 ? count : unseen, Math.floor(LEARNT_FIRST * count), count - MOST_HELD_OUT)
  const blocks = blocksOf(start, count)
  const challenger: ScoredRun[] = []
  const scored: ScoredRun[] = []
  let before: Bundle = root
  for (const [k, from] of blocks.entries()) {
    const places = wholeRuns(history, from, blocks[k + 1] ?? count)
    const bundle = learnOwn(root, firstRuns(history, from), params)
    if (k === 0) before = bundle
    challenger.push(...scoreRuns(bundle, history, places))
    scored.push(...scoreRuns(champion, history, places))
    await step()
  }
  const first = firstOfTask(history)
  const fresh = challenger.map(({ run }) => first.get(history.runs[run]?.task ?? -1) === run)
  return { champion: scored, challenger, before, blocks, fresh }
}

export const blockFits = BLOCKS

function blocksOf(start: number, count: number): readonly number[] {
  const size = Math.ceil((count - start) / BLOCKS)
  return size === 0
    ? []
    : Array.from({ length: Math.ceil((count - start) / size) }, (_, k) => start + k * size)
}

const wholeRuns = ({ runs }: OwnHistory, from: number, to: number): readonly number[] =>
  runs.slice(from, to).flatMap(({ telling }, k) => (telling === 'whole' ? [from + k] : []))

/** The history as it was after so many runs. */
export function firstRuns({ tasks, pairs, runs }: OwnHistory, count: number): OwnHistory {
  const first = runs.slice(0, count)
  // Tasks and pairs are numbered as they first came.
  const most = (of: (run: OwnHistory['runs'][number]) => number) =>
    first.reduce((last, run) => Math.max(last, of(run)), -1) + 1
  return {
    tasks: tasks.slice(
      0,
      most(({ task }) => task),
    ),
    pairs: pairs.slice(
      0,
      most(({ pair }) => pair),
    ),
    runs: first,
  }
}

function firstOfTask({ runs }: OwnHistory): ReadonlyMap<number, number> {
  const first = new Map<number, number>()
  for (const [place, { task }] of runs.entries()) if (!first.has(task)) first.set(task, place)
  return first
}
