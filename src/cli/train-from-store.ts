import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { App } from '../app.ts'
import { EXIT, KnownError } from '../errors.ts'
import type { Features } from '../features/features.ts'
import { type Bundle, formatBundle } from '../forecast/bundle.ts'
import { type BundlePlace, bundlePlace, ownFolder } from '../forecast/bundle-place.ts'
import { readBundle, readBundleInForce } from '../forecast/read-bundle.ts'
import { readDataset } from '../learn/dataset.ts'
import { HALF_LIFE_DAYS } from '../learn/own/learn-own.ts'
import { MOST_RUNS, type ReadHistory, readHistory } from '../learn/own/read-history.ts'
import { type OwnTraining, ownTrainingSteps, trainFromHistory } from '../learn/own/train-from-history.ts'
import type { Judged } from '../learn/own/verdict.ts'
import { keepInForce, putInForce } from '../learn/put-in-force.ts'
import { writeBundle } from '../learn/write-bundle.ts'
import { ownCard } from '../report/own-card.ts'
import { openStore } from '../store/open-store.ts'
import type { Invocation } from './command-line.ts'
import { showSafely } from './escape.ts'
import { inSteps } from './progress.ts'
import { checkPlace } from './write-file.ts'

export interface StoreTraining {
  /** The folder of the tables, which tell of tasks that were not forecast. */
  readonly data: string
  /** Left out: made of when the last run was, and of the data. */
  readonly id?: string | undefined
  readonly seed: number
  readonly force: boolean
}

/**
 * `foretoken train --from-store`: makes a bundle that learnt from own runs, holds it against the one in force, and puts it in
 * force where it is better or equal.
 */
export async function trainFromStore(call: Invocation, asked: StoreTraining): Promise<number> {
  const { app, settings } = call
  const place = bundlePlace(app.cwd, settings.models)
  await checkPlace(ownFolder(place))
  await keepInForce(place, app.now())
  const champion = await readBundleInForce(place)
  const root = await rootOf(place, champion.bundle)
  const read = await readRuns(call, asked.data)
  const seen = champion.bundle.learnt?.until ?? ''
  const last = read.history.runs.at(-1)
  if (last === undefined || new Date(last.atMs).toISOString() <= seen)
    return tell(
      call,
      nothingNew(
        champion.id,
        last === undefined ? 'the store has no run to learn from' : `no run since ${seen}`,
      ),
    )
  const training = await train(app, { read, root, champion: champion.bundle, asked })
  const { bundle } = training
  const card = ownCard({
    ...{ training, champion: champion.id, root, leftOut: read.leftOut },
    ...{ seed: asked.seed, halfLifeDays: HALF_LIFE_DAYS },
  })
  await writeBundle(ownFolder(place), bundle.id, { model: formatBundle(bundle), card })
  const promoted = await promote(app, {
    place,
    judged: { ...training, bundle: bundle.id },
    champion: champion.id,
    force: asked.force,
  })
  return tell(call, { ...documentOf(training, champion.id, read), ...promoted })
}

/** What was made from tables alone, which is learnt on top of: of a bundle that learnt already, the one below it. */
async function rootOf(place: BundlePlace, champion: Bundle): Promise<Bundle> {
  if (champion.learnt === undefined) return champion
  const root = await readBundle(place, champion.learnt.base)
  if (root.learnt === undefined) return root
  throw new KnownError(
    'bundle-corrupt',
    `${root.id} was itself learnt from runs: ${champion.id} cannot rest on it`,
  )
}

async function readRuns({ app, settings }: Invocation, data: string): Promise<ReadHistory> {
  const folder = resolve(app.cwd, data)
  const tables = new Map<string, Features>()
  if (existsSync(join(folder, 'tasks.csv')))
    for (const { id, features } of (await readDataset(folder)).tasks) tables.set(id, features)
  const store = openStore(resolve(app.cwd, settings.db.value), { create: false })
  try {
    return readHistory(store, { mostRuns: MOST_RUNS, tables })
  } finally {
    store.close()
  }
}

interface TrainInput {
  readonly read: ReadHistory
  readonly root: Bundle
  readonly champion: Bundle
  readonly asked: StoreTraining
}

async function train(app: App, { read, root, champion, asked }: TrainInput): Promise<OwnTraining> {
  const params = { id: asked.id ?? '', seed: asked.seed, halfLifeDays: HALF_LIFE_DAYS }
  const training = await inSteps(app, 'training', (onStep) => {
    let done = 0
    return trainFromHistory({ ...read, root, champion, params }, () => onStep(++done, ownTrainingSteps))
  })
  const { bundle } = training
  const day = bundle.learnt?.until.slice(0, 10) ?? 'none'
  return { ...training, bundle: { ...bundle, id: asked.id ?? `own-${day}-${bundle.data.slice(0, 8)}` } }
}

export interface Promotion {
  readonly place: BundlePlace
  /** The bundle, and what was found of it. */
  readonly judged: Judged & { readonly bundle: string }
  readonly champion: string
  readonly force: boolean
}

/** Puts a bundle in force where it is good, or where it is forced. @throws KnownError where another came in force meanwhile */
export async function promote(app: App, { place, judged, champion, force }: Promotion) {
  const { verdict, reasons, bundle } = judged
  const isGood = verdict === 'better' || verdict === 'equal'
  const forced = force && !isGood
  if (!isGood && !force) return { promoted: false, forced: false }
  const why = `${verdict}: ${reasons.join('; ')}`
  await putInForce(place, {
    bundle,
    expected: champion,
    by: 'train',
    forced,
    why,
    atMs: app.now(),
  })
  return { promoted: true, forced }
}

const documentOf = (training: OwnTraining, champion: string, { leftOut, cut, history }: ReadHistory) => ({
  schema: 'training/1' as const,
  bundle: training.bundle.id as string | null,
  champion,
  verdict: training.verdict,
  reasons: training.reasons,
  alarms: training.alarms,
  runs: history.runs.length,
  leftOut: leftOut as ReadHistory['leftOut'] | null,
  cut,
  comparison: training.comparison,
})

const nothingNew = (champion: string, reason: string) => ({
  ...{ schema: 'training/1' as const, bundle: null, champion, promoted: false, forced: false },
  ...{ verdict: 'too-little' as const, reasons: [reason], alarms: [], runs: 0, leftOut: null, cut: false },
  comparison: null,
})

/** What is told of a training in words; as JSON all of it. */
interface TrainingTold extends Judged {
  /** Null = none was made. */
  readonly bundle: string | null
  readonly champion: string
  readonly promoted: boolean
  readonly forced: boolean
  /** That it learnt from. */
  readonly runs: number
}

export function tell({ app, format }: Invocation, told: TrainingTold): number {
  app.print(format === 'json' ? `${JSON.stringify(told, null, 2)}\n` : showSafely(textOf(told)))
  const undecided = told.verdict === 'refused' || told.verdict === 'too-little'
  return undecided && !told.promoted ? EXIT.undecided : EXIT.ok
}

function textOf({ bundle, champion, promoted, forced, verdict, reasons, runs }: TrainingTold): string {
  const now = promoted ? `${bundle} is in force${forced ? ', forced' : ''}` : `${champion} stays in force`
  const made = bundle === null ? [] : [`${bundle}: learnt from ${runs} runs`]
  return [...made, `${verdict}: ${now}`, ...reasons.map((reason) => `  ${reason}`), ''].join('\n')
}
