import { closeSync, openSync, writeSync } from 'node:fs'
import { readDataset } from '../../../src/learn/dataset.ts'
import { type Random, seededRandom } from '../../../src/regress/random.ts'
import { runLine } from '../../fixtures/run-lines.ts'

const PAIRS = [
  ['claude-code', 'claude-sonnet-4-5'],
  ['claude-code', 'claude-opus-4-1'],
  ['codex', 'gpt-5'],
  ['mini-swe-agent', 'gpt-5'],
  ['openhands', 'claude-sonnet-4'],
  ['aider', 'gpt-5-mini'],
] as const
const OWN = { tasks: 20_000, repositories: 40 } as const
const [FIRST_MS, SPAN_MS] = [Date.UTC(2026, 0, 1), 300 * 86_400_000]
const LINES_AT_ONCE = 1000

/** A task with its size, in log10 tokens about the mean. */
interface SizedTask {
  readonly id: string
  readonly repository: string | null
  readonly size: number
}

/**
 * Writes runs of six pairs over 300 days as `run/1`: of the tasks in `tables`, whose features are known, and of 20,000
 * others, of which nothing is. What a run takes is level of the pair + size of the task + chance (sd .2).
 */
export async function writeOwnRuns(file: string, runs: number, tables: string): Promise<void> {
  const random = seededRandom(7)
  const tasks = sizedTasks((await readDataset(tables)).tasks, random)
  const levels = PAIRS.map(() => 0.4 * random.normal())
  const handle = openSync(file, 'w')
  for (let from = 0; from < runs; from += LINES_AT_ONCE) {
    const lines = Array.from({ length: Math.min(LINES_AT_ONCE, runs - from) }, (_, i) => {
      const task = tasks[random.integer(tasks.length)] as SizedTask
      const startedAt = new Date(FIRST_MS + (from + i) * (SPAN_MS / runs)).toISOString()
      return lineOf({ id: `r-${from + i}`, task, startedAt }, levels, random)
    })
    writeSync(handle, lines.join(''))
  }
  closeSync(handle)
}

function sizedTasks(
  known: readonly { readonly id: string; readonly repository: string | null }[],
  random: Random,
): readonly SizedTask[] {
  const own = Array.from({ length: OWN.tasks }, (_, i) => ({
    id: `own-${i}`,
    repository: `team/repository-${i % OWN.repositories}`,
  }))
  return [...known, ...own].map(({ id, repository }) => ({ id, repository, size: 0.3 * random.normal() }))
}

/** Any run, whose counts are put in place of the line's own. */
const BLANK = JSON.parse(runLine(1, 1)) as object

function lineOf(
  { id, task, startedAt }: { readonly id: string; readonly task: SizedTask; readonly startedAt: string },
  levels: readonly number[],
  random: Random,
): string {
  const place = random.integer(PAIRS.length)
  const [agent, model] = PAIRS[place] as (typeof PAIRS)[number]
  const total = Math.round(10 ** (5.6 + task.size + (levels[place] as number) + 0.2 * random.normal()))
  const input = Math.round(0.1 * total)
  const output = Math.round(total * (0.014 + 0.012 * random.uniform()))
  const usage = { input, cacheRead: total - input - output, cacheWrite5m: 0, cacheWrite1h: 0, output }
  const of = { id: task.id, benchmark: null, repository: task.repository }
  const changed = { id, agent, model, startedAt, task: of, run: null, calls: 20, perCall: [] }
  return `${JSON.stringify({ ...BLANK, ...changed, usage: { ...usage, reasoning: null } })}\n`
}
