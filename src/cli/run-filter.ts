import type { Command } from 'commander'
import { z } from 'zod'
import { checkShape } from '../json.ts'
import { ALL_RUNS, type RunFilter } from '../store/read-runs.ts'
import { OUTCOMES } from '../trajectory/run.ts'
import type { Invocation } from './command-line.ts'

const Pattern = z.string().min(1, 'expected a name or a pattern')
const Day = z.iso
  .datetime({ offset: true })
  .or(z.iso.date())
  .transform((text) => new Date(text).toISOString())

const Filter = z.object({
  benchmark: Pattern.optional(),
  task: Pattern.optional(),
  repository: Pattern.optional(),
  agent: Pattern.optional(),
  model: Pattern.optional(),
  source: Pattern.optional(),
  outcome: z.enum(OUTCOMES).optional(),
  from: Day.optional(),
  before: Day.optional(),
  superseded: z.boolean().default(false),
})

/** Gives a command the options that choose runs. */
export function withFilters(command: Command): Command {
  return command
    .option('--benchmark <name>', 'only of this benchmark; * stands for any characters, here and below')
    .option('--task <id>', 'only of this task')
    .option('--repository <owner/name>', 'only of this repository')
    .option('--agent <name>', 'only of this agent')
    .option('--model <name>', 'only of this model')
    .option('--source <format>', 'only read from this format')
    .option('--outcome <outcome>', `only with this outcome: ${OUTCOMES.join(', ')}`)
    .option('--from <date>', 'only begun at or after this')
    .option('--before <date>', 'only begun before this')
    .option('--superseded', 'also tellings that a more trusted one stands for')
}

/** The filter that the options of a command say. @throws KnownError usage */
export function filterOf({ options }: Invocation): RunFilter {
  const { source, ...said } = checkShape(Filter, options, 'the options', 'usage')
  const given = Object.entries({ ...said, format: source }).filter(([, value]) => value !== undefined)
  return { ...ALL_RUNS, ...Object.fromEntries(given) }
}
