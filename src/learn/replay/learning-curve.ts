import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { csvFormatRows, csvParse } from 'd3-dsv'
import { KnownError } from '../../errors.ts'
import { clusterBootstrap } from '../../metrics/cluster-bootstrap.ts'
import { FORECASTERS, type ReplayedRun, type ReplayForecaster } from './replay.ts'

/** How far off a forecaster was of the runs between two numbers of own runs, all orders together. Null = not told. */
export interface CurvePoint {
  readonly source: string
  readonly forecaster: ReplayForecaster
  readonly from: number
  readonly to: number
  readonly runs: number
  /** Mean distance of log10 total tokens, with its 95 % interval by a bootstrap of tasks. */
  readonly error: number
  readonly errorLow: number
  readonly errorHigh: number
  /** The same less that of the better of shipped and own mean. */
  readonly change: number
  readonly changeLow: number
  readonly changeHigh: number
  /** Within pairs. */
  readonly r: number | null
  readonly loss: number | null
  readonly coverage: number | null
}

export const BANDS = [0, 5, 10, 20, 50, 100, 200, 400, 800, 1600] as const

/** The curve of one source from its orders. */
export function learningCurve(
  source: string,
  orders: readonly (readonly ReplayedRun[])[],
): readonly CurvePoint[] {
  return BANDS.slice(0, -1).flatMap((from, k) => {
    const to = BANDS[k + 1] as number
    const runs = orders.flatMap((order) => order.filter(({ place }) => place >= from && place < to))
    return new Set(runs.map(({ task }) => task)).size < 5
      ? []
      : FORECASTERS.map((forecaster) => ({ source, forecaster, from, to, ...pointOf(runs, forecaster) }))
  })
}

function pointOf(runs: readonly ReplayedRun[], forecaster: ReplayForecaster) {
  const codes = codesOf(runs)
  const errors = (of: ReplayForecaster) => runs.map(({ by }) => by[of].error)
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const better = mean(errors('shipped')) < mean(errors('own-mean')) ? 'shipped' : 'own-mean'
  const other = errors(better)
  const own = errors(forecaster)
  const bootstrap = (column: readonly number[]) =>
    clusterBootstrap({ columns: [column], codes }, ([sum = 0], rows) => sum / rows, {
      seed: 1,
      resamples: 1000,
    })
  const error = bootstrap(own)
  const change = bootstrap(own.map((value, k) => value - (other[k] as number)))
  const losses = runs.map(({ by }) => by[forecaster].loss)
  const covered = runs.map(({ by }) => by[forecaster].covered)
  const all = <Value>(values: readonly (Value | null)[]) =>
    values.flatMap((value) => (value === null ? [] : [value]))
  return {
    runs: runs.length,
    error: error.estimate,
    errorLow: error.low,
    errorHigh: error.high,
    change: change.estimate,
    changeLow: change.low,
    changeHigh: change.high,
    r: withinR(runs, forecaster),
    loss: all(losses).length < runs.length ? null : mean(all(losses)),
    coverage: all(covered).length < runs.length ? null : mean(all(covered).map(Number)),
  }
}

function codesOf(runs: readonly ReplayedRun[]): readonly number[] {
  const codes = new Map<string, number>()
  return runs.map(({ task }) => {
    const code = codes.get(task) ?? codes.size
    codes.set(task, code)
    return code
  })
}

/** Correlation of what is left of both when the mean of each pair is taken off; null where one does not vary. */
function withinR(runs: readonly ReplayedRun[], forecaster: ReplayForecaster): number | null {
  let [xx, yy, xy] = [0, 0, 0]
  const whole = runs.filter(({ isCut }) => !isCut)
  for (const [, own] of Map.groupBy(whole, ({ pair }) => pair)) {
    const mean = (of: (run: ReplayedRun) => number) => own.reduce((sum, run) => sum + of(run), 0) / own.length
    const [x, y] = [mean(({ by }) => by[forecaster].p50), mean(({ actual }) => actual)]
    for (const { by, actual } of own) {
      xx += (by[forecaster].p50 - x) ** 2
      yy += (actual - y) ** 2
      xy += (by[forecaster].p50 - x) * (actual - y)
    }
  }
  return xx < 1e-9 || yy < 1e-9 ? null : xy / Math.sqrt(xx * yy)
}

const NUMBERS = [
  ...['from', 'to', 'runs', 'error', 'errorLow', 'errorHigh', 'change', 'changeLow', 'changeHigh'],
  ...['r', 'loss', 'coverage'],
] as const

/** `replays.csv` */
export function formatCurves(points: readonly CurvePoint[]): string {
  const rows = points.map((point) => [
    point.source,
    point.forecaster,
    ...NUMBERS.map((name) => {
      const value = point[name as keyof CurvePoint] as number | null
      return value === null ? '' : String(Number(value.toFixed(4)))
    }),
  ])
  return `${csvFormatRows([['source', 'forecaster', ...NUMBERS], ...rows])}\n`
}

/** Reads `replays.csv` of a folder. @throws KnownError file-not-found, data-malformed */
export async function readCurves(folder: string): Promise<readonly CurvePoint[]> {
  const file = join(folder, 'replays.csv')
  return parseCurves(
    await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new KnownError('file-not-found', file, { cause })
    }),
  )
}

/** @throws KnownError data-malformed */
export function parseCurves(csv: string): readonly CurvePoint[] {
  return csvParse(csv).map((row, index) => {
    const number = (name: string): number | null => {
      const cell = row[name]
      if (cell === '') return null
      const value = Number(cell)
      if (cell !== undefined && Number.isFinite(value)) return value
      throw new KnownError(
        'data-malformed',
        `replays.csv line ${index + 2}: ${name} is ${JSON.stringify(cell)}`,
      )
    }
    const numbers = Object.fromEntries(NUMBERS.map((name) => [name, number(name)]))
    return { source: row.source, forecaster: row.forecaster, ...numbers } as unknown as CurvePoint
  })
}
