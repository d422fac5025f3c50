import { type Binned, binTable } from './boosting-bins.ts'
import { drawn, drawnRows } from './boosting-draw.ts'
import { type BoostingState, joined, treeState } from './boosting-forest.ts'
import { settleLeaves } from './boosting-leaves.ts'
import { bestConstant } from './boosting-loss.ts'
import type { BoostingMemory } from './boosting-memory.ts'
import { pack } from './boosting-packing.ts'
import type { BoostingSettings } from './boosting-settings.ts'
import { shareOf, type Team } from './boosting-team.ts'
import { growTree, leavesOf } from './boosting-tree.ts'
import { type Watch, watchOf } from './boosting-watch.ts'
import type { Matrix, SparseMatrix } from './matrix.ts'
import { type Random, seededRandom } from './random.ts'

/** What the threads of a fit share. */
export interface SharedFit {
  readonly x: Matrix | SparseMatrix
  /** The residuals are the targets at first. */
  readonly memory: BoostingMemory
  readonly settings: BoostingSettings
}

/** Fits a forest, as one of the threads that do: all get the same state, whatever their number. */
export function fitForest({ x, memory, settings }: SharedFit, team: Team): BoostingState {
  const start = bestConstant(settings.loss, memory.residuals.slice(), 0) + 0
  // All have read the targets before they are changed.
  const binned = binTable(x, { ...settings, team })
  const { from, to } = shareOf(team, x.rows)
  for (let i = from; i < to; i++) memory.residuals[i] = (memory.residuals[i] as number) - start
  team.exchange([])
  const growing = { binned, columns: x.columns, memory, settings, team, random: seededRandom(settings.seed) }
  const pool: Float64Array[] = []
  // The first thread watches for all.
  const { earlyStopping, loss } = settings
  const watch = earlyStopping && team.place === 0 ? watchOf(earlyStopping, loss, start) : null
  const trees: BoostingState[] = []
  let isOver = earlyStopping ? heard(watch, team).isOver : false
  while (trees.length < settings.rounds && !isOver) {
    const tree = boost({ ...growing, pool })
    trees.push(tree)
    watch?.see(tree)
    if (tree.features.length === 0 && settings.rowShare === 1 && settings.columnShare === 1) break
    isOver = earlyStopping ? heard(watch, team).isOver : false
  }
  const kept = earlyStopping ? heard(watch, team).best : trees.length
  return joined(x.columns, start, trees.slice(0, kept))
}

/** What the thread that watches says. */
function heard(watch: Watch | null, team: Team): { readonly isOver: boolean; readonly best: number } {
  const [said] = team.exchange(watch ? [Number(watch.isOver()), watch.best()] : [])
  const [isOver, best] = said as [number, number]
  return { isOver: isOver === 1, best }
}

interface Growing extends Omit<SharedFit, 'x'> {
  readonly binned: Binned
  /** Of the whole table. */
  readonly columns: number
  readonly team: Team
  readonly random: Random
  /** Histograms to use again. */
  readonly pool: Float64Array[]
}

/** Grows one tree on the residuals and takes what it explains out of them. */
function boost({ binned, columns, memory, settings, team, random, pool }: Growing): BoostingState {
  const { rowShare: share, columnShare } = settings
  const rows = drawnRows(memory, { share, random, team })
  const features = ownFeatures(drawn(columns, columnShare, random), binned)
  const packing = pack(settings.loss, memory, team)
  const root = growTree(rows, packing, { ...settings, binned, features, units: packing.units, team, pool })
  const leaves = settleLeaves(
    leavesOf(root).map((leaf) => leaf.rows),
    memory.residuals,
    { ...settings, team },
  )
  return treeState(root, { columns, leaves, gainScale: packing.units.step ** 2 })
}

/** The drawn columns that are this thread's, counted from its first. */
const ownFeatures = (taken: Uint8Array, { first, columns }: Binned): Int32Array =>
  Int32Array.from({ length: columns }, (_, j) => j).filter((j) => taken[first + j] === 1)
