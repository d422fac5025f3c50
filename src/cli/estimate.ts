import type { Command } from 'commander'
import { z } from 'zod'
import { EXIT, KnownError } from '../errors.ts'
import { type AskedTask, openWorkbench } from '../forecast/read-workbench.ts'
import type { SelfForecast } from '../forecast/self-forecast.ts'
import { estimateMarkdown } from '../report/estimate-markdown.ts'
import type { EstimateDocument } from '../report/estimate-notes.ts'
import { estimateText } from '../report/estimate-text.ts'
import type { IssueDocument } from '../task/issue.ts'
import { readIssue } from '../task/issue-read.ts'
import { calibrateFrom } from './calibrate.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { showSafely } from './escape.ts'
import { estimateBatch } from './estimate-batch.ts'
import { githubAccess } from './github-access.ts'
import { keepForecast } from './keep-forecast.ts'
import { withFormats, withSettings } from './options.ts'

const Options = z.object({
  repo: z.string().optional(),
  repository: z.string().optional(),
  commit: z.string().optional(),
  model: z.array(z.string().min(1)).optional(),
  budget: z.coerce.number().positive('expected dollars above 0').optional(),
  meanOf: z.coerce.number().int().min(1).max(1000).default(1),
  batch: z.string().optional(),
  selfForecast: z.array(z.string().transform(selfForecast)).optional(),
})
export type EstimateOptions = z.infer<typeof Options>

/** `foretoken estimate`: what an agent will spend on an issue, before it runs. */
export function configure(command: Command, act: Act): void {
  withFormats(command, 'text', 'json', 'jsonl', 'markdown')
    .argument('[issue]', 'a file, "-" for standard input, a GitHub URL, or owner/repo#n')
    .option('--repo <path>', 'the repository the issue is about: a work tree or bare repository')
    .option('--commit <commit>', 'the commit the agent will start from (default: HEAD)')
    .option('--repository <owner/name>', 'what the repository is called (default: its origin)')
    .option('--model <name...>', 'models to forecast for (default: every one the bundle knows)')
    .option('--budget <usd>', 'also tell the probability that one task costs more')
    .option('--mean-of <runs>', 'forecast the mean of so many runs instead of one run')
    .option('--self-forecast <model=output,total...>', 'what a model says it will spend itself, in tokens')
    .option('--batch <file>', 'forecast for each line of a JSON Lines file; "-" for standard input')
  withSettings(command, 'db', 'prices', 'githubApi', 'cache', 'models', 'bundle', 'agent', 'calibration')
  act(command, estimate)
}

/** Reads `model=output,total`. */
function selfForecast(text: string, context: z.RefinementCtx): [string, SelfForecast] {
  const [, model, output, total] = /^(.+)=(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)$/.exec(text) ?? []
  const [outputTokens, totalTokens] = [Number(output), Number(total)]
  if (model !== undefined && outputTokens > 0 && totalTokens > 0)
    return [model, { outputTokens, totalTokens }]
  context.addIssue('expected model=output,total, such as gpt-5=9000,400000')
  return z.NEVER
}

async function estimate(call: Invocation): Promise<number> {
  const options = parseOptions(call)
  if (options.batch !== undefined) return estimateBatch(call, options)
  const { app, settings, args } = call
  const reference = args[0]
  if (reference === undefined) {
    throw new KnownError('usage', 'no issue was named', { fix: 'foretoken estimate issue.md --repo PATH' })
  }
  if (options.repo === undefined && options.commit !== undefined) {
    throw new KnownError('usage', `--commit ${options.commit} without --repo`, {
      fix: 'name the repository with --repo',
    })
  }
  const github = githubAccess(app, settings)
  const read = await readIssue(reference, { cwd: app.cwd, stdin: app.stdin, github })
  const workbench = await openWorkbench(app, settings, { calibrate: calibrateFrom(app, settings) })
  try {
    const { features, ...found } = await workbench.estimate(askedBy(read, call, options))
    const document = { id: read.hints.id ?? null, title: read.issue.title, ...found }
    await keepForecast(app, settings, { read, found, features, data: workbench.forecaster.bundle.data })
    app.print(show(call, document, options.budget ?? null))
  } finally {
    workbench.close()
  }
  return EXIT.ok
}

/** What is said on the command line counts before what stands beside the issue. */
function askedBy(
  { issue, hints }: IssueDocument,
  { settings }: Invocation,
  options: EstimateOptions,
): AskedTask {
  const hosted = issue.source.kind === 'github' ? issue.source.repository : null
  return {
    issue,
    repository: {
      name: options.repository ?? hints.repository ?? hosted,
      path: options.repo ?? null,
      commit: options.commit ?? hints.commit ?? null,
    },
    agent: settings.agent.value ?? hints.agent ?? null,
    models: options.model ?? (hints.models?.length ? hints.models : null),
    meanOf: options.meanOf,
    budgetUsd: options.budget ?? null,
    selfForecasts: Object.fromEntries(options.selfForecast ?? []),
  }
}

function parseOptions({ options, args }: Invocation): EstimateOptions {
  const parsed = Options.safeParse(options)
  if (!parsed.success) {
    const wrong = parsed.error.issues[0]
    const flag = String(wrong?.path[0]).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    const value = JSON.stringify(options[String(wrong?.path[0])])
    throw new KnownError('usage', `--${flag} ${value}: ${wrong?.message}`)
  }
  if (parsed.data.batch !== undefined && args.length > 0) {
    throw new KnownError('usage', `an issue (${args[0]}) and --batch at once`, { fix: 'give one of the two' })
  }
  return parsed.data
}

function show({ app, format }: Invocation, document: EstimateDocument, budgetUsd: number | null): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify({ schema: 'estimate/1', ...document }, null, 2)}\n`
    case 'jsonl':
      return `${JSON.stringify({ schema: 'estimate/1', ...document })}\n`
    case 'markdown':
      return showSafely(estimateMarkdown(document, budgetUsd))
    default:
      return showSafely(estimateText(document, { columns: app.columns, budgetUsd }))
  }
}
