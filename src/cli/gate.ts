import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import type { App } from '../app.ts'
import { KnownError } from '../errors.ts'
import { CapFile, capFile } from '../gate/cap-file.ts'
import { readJsonFile } from '../json.ts'
import { gateLog } from '../report/gate-annotations.ts'
import type { GateDocument } from '../report/gate-document.ts'
import { gateMarkdown } from '../report/gate-markdown.ts'
import { gateText } from '../report/gate-text.ts'
import type { GateAnswer } from '../report/judge-tasks.ts'
import { askGate, type GateRequest } from './ask-gate.ts'
import { coloursFor } from './colour.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { showSafely } from './escape.ts'
import { configureInit } from './gate-init.ts'
import { withFormats, withSettings } from './options.ts'
import { writeWhole } from './write-file.ts'

/** Where a budget is looked for: beside the code. */
export const BUDGET_FILE = 'budget.json'

const Options = z.object({
  budgetFile: z.string().min(1).default(BUDGET_FILE),
  repo: z.string().optional(),
  repository: z.string().optional(),
  commit: z.string().optional(),
  model: z.array(z.string().min(1)).optional(),
  batch: z.array(z.string().min(1)).default([]),
  baseline: z.string().min(1).optional(),
  informational: z.boolean().default(false),
  emitCap: z.string().min(1).optional(),
})
type Options = z.infer<typeof Options>

/** `foretoken gate`: whether tasks stay within the budget beside the code. */
export function configure(command: Command, act: Act): void {
  withFormats(command, 'text', 'json', 'markdown', 'github')
    .argument('[issue...]', 'files, "-" for standard input, GitHub URLs, or owner/repo#n')
    .option('--budget-file <file>', `the budget (default: ${BUDGET_FILE})`)
    .option('--repo <path>', 'the repository the tasks are about: a work tree or bare repository')
    .option('--commit <commit>', 'the commit the agent will start from (default: HEAD)')
    .option('--repository <owner/name>', 'what the repository is called (default: its origin)')
    .option(
      '--model <name...>',
      'the models that will do the work; each is judged (default: as the budget says)',
    )
    .option('--batch <file...>', 'also each line of JSON Lines files; "-" for standard input')
    .option(
      '--baseline <file|commit>',
      'what tasks may cost more than: an earlier --format json, or a commit of --repo',
    )
    .option('--informational', 'tell the verdict, and exit with 0')
    .option('--emit-cap <file>', 'write the budget that was passed as hard limits of each run')
  withSettings(command, 'db', 'prices', 'githubApi', 'cache', 'models', 'bundle', 'agent', 'calibration')
  act(command, gate)
  configureInit(command.command('init').description('write a budget to start from'), act)
}

async function gate(call: Invocation): Promise<number> {
  const { app, settings, options, args } = call
  const asked = parseOptions(options)
  if (args.length + asked.batch.length === 0) {
    // `--model a b` takes both: an issue behind it is taken for a model.
    const last = asked.model?.at(-1)
    const fix =
      asked.model === undefined || asked.model.length === 1
        ? 'foretoken gate issue.md --repo PATH, or --batch tasks.jsonl'
        : `foretoken gate ${last} --model ${asked.model.slice(0, -1).join(' ')}`
    throw new KnownError('usage', 'no task was named', { fix })
  }
  const answer = await askGate(app, settings, requestOf(asked, args))
  if (asked.emitCap !== undefined) await emitCap(app, asked.emitCap, answer)
  app.print(show(call, answer.document))
  return answer.document.exit
}

function requestOf(asked: Options, references: readonly string[]): GateRequest {
  return {
    budgetFile: asked.budgetFile,
    issues: [],
    references,
    batch: asked.batch,
    repo: asked.repo ?? null,
    commit: asked.commit ?? null,
    repository: asked.repository ?? null,
    models: asked.model ?? null,
    baseline: asked.baseline ?? null,
    informational: asked.informational,
  }
}

function parseOptions(options: Readonly<Record<string, unknown>>): Options {
  const parsed = Options.safeParse(options)
  if (!parsed.success) {
    const wrong = parsed.error.issues[0]
    const flag = String(wrong?.path[0]).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    throw new KnownError('usage', `--${flag} is empty`, { fix: 'give it a value, or leave it out' })
  }
  const { commit, repo, batch } = parsed.data
  if (commit !== undefined && repo === undefined && batch.length === 0) {
    throw new KnownError('usage', `--commit ${commit} without --repo`, {
      fix: 'name the repository with --repo',
    })
  }
  return parsed.data
}

/**
 * Writes the cap of runs that may go ahead. One left from before would let runs go ahead that were just refused: it is
 * taken away.
 */
export async function emitCap(app: App, file: string, { document, caps }: GateAnswer): Promise<void> {
  const place = resolve(app.cwd, file)
  const earlier = await readJsonFile(place, 'bad-setting').catch(() => undefined)
  if (earlier !== null && !CapFile.safeParse(earlier).success) {
    throw new KnownError('file-not-written', `${file} is there, and is no cap`, { fix: 'name another file' })
  }
  if (caps !== null) {
    const cap = capFile(document.budget.file, caps)
    return writeWhole(place, `${JSON.stringify(cap, null, 2)}\n`)
  }
  if (earlier !== null) await rm(place)
  app.note(`note: no cap is written to ${showSafely(file)}: the budget was not passed\n`)
}

function show({ app, format }: Invocation, document: GateDocument): string {
  switch (format) {
    case 'json':
      // As JSON it is the same, and no command to a CI job that logs it.
      return `${JSON.stringify(document, null, 2).replaceAll('##[', '#\\u0023[')}\n`
    case 'markdown':
      return showSafely(gateMarkdown(document))
    case 'github':
      return gateLog(document, showSafely(gateText(document, { columns: 100, paint: (_, word) => word })))
    default:
      return paintedText(app, document)
  }
}

function paintedText(app: App, document: GateDocument): string {
  const colours = coloursFor(app, 'stdout')
  const painters = { pass: colours.green, warn: colours.yellow, undecided: colours.yellow, fail: colours.red }
  const plain = showSafely(gateText(document, { columns: app.columns, paint: (_, word) => word }))
  if (!colours.isColorSupported) return plain
  // Painted after what others wrote was made safe, and only where the gate itself put the word.
  return plain.replace(/^(pass|warn|undecided|fail)(?=:| {2})/gim, (word) =>
    painters[word.toLowerCase() as keyof typeof painters](word),
  )
}
