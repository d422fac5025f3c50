import type { Command } from 'commander'
import { z } from 'zod'
import { EXIT } from '../errors.ts'
import { checkShape } from '../json.ts'
import type { AskedBudgets } from '../report/budget/report-budget.ts'
import type { ReportRequest } from '../report/make-report.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { withFormats, withSettings } from './options.ts'
import { readReportData } from './report-data.ts'
import { OUTPUT_OPTIONS, publish, withOutput } from './report-output.ts'
import { configurePlan } from './report-plan.ts'
import { withFilters } from './run-filter.ts'

/** What each report below `report` tells. */
const REPORTS = {
  budget: 'what a budget of tokens, steps, dollars or seconds buys',
  consumption: 'where tokens and dollars go',
  forecast: 'how well spending was foreseen',
  noise: 'what resources, days and chance do to the results',
  all: 'all of them',
} as const satisfies Record<ReportRequest['name'], string>

const Amount = z.coerce.number().positive('expected an amount above 0')

const Options = z.object({
  corpus: z.string().min(1).optional(),
  tasks: z.string().min(1).optional(),
  atTokens: Amount.optional(),
  atSteps: Amount.optional(),
  atUsd: Amount.optional(),
  atSeconds: Amount.optional(),
  margin: z.coerce.number().gt(0).lt(100).default(3),
  ...OUTPUT_OPTIONS,
})
export type ReportOptions = z.infer<typeof Options>

/** `foretoken report budget | consumption | forecast | noise | all | plan`: what runs tell, with error bars. */
export function configure(command: Command, act: Act): void {
  for (const [name, what] of Object.entries(REPORTS)) {
    const report = command
      .command(name)
      .description(what)
      .argument('[path...]', 'runs in files instead of the store, as for `import`')
    withFilters(withFormats(report, 'text', 'html', 'markdown', 'json', 'csv'))
      .option('--corpus <folder>', 'report on a corpus of public runs, beside what was published of them')
      .option('--tasks <file>', 'difficulty and kind of tasks: JSON Lines or CSV with id, difficulty, kind')
      .option('--at-tokens <tokens>', 'a budget to look at')
      .option('--at-steps <steps>', 'likewise')
      .option('--at-usd <dollars>', 'likewise')
      .option('--at-seconds <seconds>', 'likewise')
      .option('--margin <points>', 'percentage points within which rates count as equal (default: 3)')
    withOutput(report)
    withSettings(report, 'db', 'prices')
    act(report, (call) => run(call, name as ReportRequest['name']))
  }
  configurePlan(command, act)
}

async function run(call: Invocation, name: ReportRequest['name']): Promise<number> {
  const options = checkShape(Options, call.options, 'the options', 'usage')
  const { data, isWhole } = await readReportData(call, options, name)
  const { makeReport } = await import('../report/make-report.ts')
  const report = makeReport(data, {
    name,
    asked: askedFor(call),
    budgets: budgetsOf(options),
    margin: options.margin / 100,
  })
  await publish(call, report, options)
  return isWhole ? EXIT.ok : EXIT.badInput
}

const budgetsOf = ({ atTokens, atSteps, atUsd, atSeconds }: ReportOptions): AskedBudgets => ({
  tokens: atTokens ?? null,
  steps: atSteps ?? null,
  usd: atUsd ?? null,
  seconds: atSeconds ?? null,
})

const FILTERS = ['benchmark', 'task', 'repository', 'agent', 'model', 'source', 'outcome', 'from', 'before']

/** The choice of runs, for the reader. */
export const askedFor = ({ options }: Invocation): readonly (readonly [string, string])[] => [
  ...FILTERS.flatMap((name) =>
    options[name] === undefined ? [] : [[`only ${name}`, String(options[name])] as const],
  ),
  ...(options.superseded === true ? [['also', 'superseded tellings'] as const] : []),
]
