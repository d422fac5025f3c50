import type { Statement } from 'better-sqlite3'
import { type Random, seededRandom } from '../../src/regress/random.ts'
import { openStore, type Store } from '../../src/store/open-store.ts'
import { madeEstimate, priceAt } from '../fixtures/estimates.ts'
import {
  BEFORE_ALL,
  type BenchmarkPlan,
  benchmarksOf,
  callsOf,
  type MadeRun,
  type MadeUsage,
  MODELS,
  madeRun,
  madeSystems,
  madeTask,
  type System,
} from './report-world.ts'

/** What a made store holds. */
export interface ReportStoreSize {
  readonly tasks: number
  readonly runs: number
  readonly calls: number
  readonly estimates: number
}

const RUNS_WITH_CALLS = 20
const RUNS_PER_ESTIMATE = 100

/**
 * Makes a store of about so many runs, the same for the same number: 40 systems on three benchmarks over 60 days, one run
 * in twenty with its calls, and a forecast for one run in a hundred. Nothing checks what is written, which makes it fast.
 */
export function makeReportStore(file: string, runs: number): ReportStoreSize {
  const store = openStore(file, { create: true })
  try {
    // Ids come in random order: all are put in their places in memory before any goes to the disk.
    store.database.pragma('cache_size = -500000')
    const size = store.database.transaction(() => fill(store, benchmarksOf(runs)))()
    store.database.pragma('wal_checkpoint(TRUNCATE)')
    return size
  } finally {
    store.close()
  }
}

type Row = (string | number | Uint8Array | null)[]

interface Writing {
  readonly random: Random
  readonly systems: readonly System[]
  readonly insert: Readonly<Record<'tasks' | 'runs' | 'calls' | 'estimates', Statement<Row>>>
  readonly written: { tasks: number; runs: number; calls: number; estimates: number }
}

function fill({ database }: Store, plans: readonly BenchmarkPlan[]): ReportStoreSize {
  const into = (table: string) => {
    const columns = (database.pragma(`table_info(${table})`) as readonly unknown[]).map(() => '?')
    return database.prepare<Row>(`INSERT INTO ${table} VALUES (${columns.join(', ')})`)
  }
  const writing: Writing = {
    random: seededRandom(2),
    systems: madeSystems(),
    insert: { tasks: into('tasks'), runs: into('runs'), calls: into('calls'), estimates: into('estimates') },
    written: { tasks: 0, runs: 0, calls: 0, estimates: 0 },
  }
  const prices = into('prices')
  for (const [i, { name }] of MODELS.entries()) prices.run(i + 1, 'prices.json', `maker/${name}`, '{}')
  into('bundles').run(1, 'made-1', 'd')
  const sources = into('sources')
  for (const [i, plan] of plans.entries()) {
    sources.run(i + 1, `hash-${i}`, `made/${plan.name}`, 1, plan.name, BEFORE_ALL, null)
    for (let place = 0; place < plan.tasks; place++) writeTask(writing, plan, { place, source: i + 1 })
  }
  return writing.written
}

/** A task with all its runs. */
function writeTask(
  writing: Writing,
  plan: BenchmarkPlan,
  { place, source }: { readonly place: number; readonly source: number },
): void {
  const { random, systems, insert, written } = writing
  const row = ++written.tasks
  insert.tasks.run(row, plan.name, `${plan.name}-${place}`, `owner-${place % 7}/project-${place % 60}`)
  const task = madeTask(random)
  for (const system of systems) {
    for (let repeat = 0; repeat < plan.repeats; repeat++) {
      const run = madeRun({ system, task, multiplier: plan.multipliers?.[repeat] ?? null }, random)
      writeRun(writing, run, { system, task: row, source, repeat })
    }
  }
}

interface RunPlace {
  readonly system: System
  readonly task: number
  readonly source: number
  readonly repeat: number
}

const NO_HASH = new Uint8Array(32)

function writeRun({ random, insert, written }: Writing, run: MadeRun, at: RunPlace): void {
  const { system } = at
  const model = modelOf(system)
  const row = ++written.runs
  const calls = row % RUNS_WITH_CALLS === 0 ? callsOf(run, random) : []
  const count = calls.length > 0 ? calls.length : run.calls
  insert.runs.run(
    ...[row, idOf(random), NO_HASH, `run-${row}`, at.task, system.agent, '1.0', model, model],
    ...[at.repeat + 1, ...classes(run.usage), Number(run.usage === null), count, count, run.outcome],
    ...[run.wallSeconds, isoOf(run.startedMs), run.reportedUsd, run.costUsd],
    ...[run.costUsd === null ? 'no known price' : null, run.costUsd === null ? null : system.model + 1],
    ...['log', at.source, null, run.multiplier, run.host, run.concurrency],
  )
  for (const [place, usage] of calls.entries()) {
    const madeAt = isoOf(run.startedMs + place * 10_000)
    insert.calls.run(row, place, null, madeAt, model, ...classes(usage), 1, 0, 'log', null)
  }
  written.calls += calls.length
  if (row % RUNS_PER_ESTIMATE === 0 && run.usage !== null) {
    const text = JSON.stringify(estimateOf(system, run.usage, random))
    insert.estimates.run(
      row,
      `estimate-${row}`,
      BEFORE_ALL,
      at.task,
      system.agent,
      model,
      model,
      null,
      1,
      text,
    )
    written.estimates++
  }
}

function classes(usage: MadeUsage | null): Row {
  if (usage === null) return [null, null, null, null, null, null]
  return [usage.input, usage.cacheRead, usage.cacheWrite, 0, usage.output, usage.reasoning]
}

/** What might have been forecast of a run: off by a factor. */
function estimateOf(
  system: System,
  { input, cacheRead, cacheWrite, output }: MadeUsage,
  random: Random,
): object {
  const factor = Math.exp(0.4 * random.normal())
  const total = factor * (input + cacheRead + cacheWrite + output)
  return madeEstimate(
    { agent: system.agent, model: modelOf(system), total, output: factor * output },
    priceAt(1, 8, 0.1),
  )
}

const modelOf = ({ model }: System): string => MODELS[model]?.name ?? ''

const idOf = (random: Random): string =>
  [0, 1, 2, 3]
    .map(() =>
      random
        .integer(2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    )
    .join('')

const isoOf = (ms: number): string => new Date(ms).toISOString()
