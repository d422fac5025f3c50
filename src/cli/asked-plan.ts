import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { KnownError } from '../errors.ts'
import { planIn } from '../runner/plan.ts'
import { readPlanText } from '../runner/plan-text.ts'
import { type ReadPlan, readPlan } from '../runner/read-plan.ts'
import { readTextFile } from '../runner/text-file.ts'

/** What is to be run, and how, as the command line says. */
export interface AskedPlan {
  /** A plan, a task, or a folder of tasks. */
  readonly path: string
  readonly cwd: string
  /** Null = not said. */
  readonly agent: string | null
  readonly models: readonly string[] | null
  readonly repeats: number | null
  /** The container image of tasks that name none. */
  readonly image: string | null
}

/** A plan that is read, or that was made of tasks. */
export interface FoundPlan extends ReadPlan {
  /** False = it was made of tasks, and has no text of its own in which to place what is wrong. */
  readonly isWritten: boolean
}

/** @throws KnownError file-not-found, plan-malformed; usage where a task is given without a model */
export async function readAskedPlan(asked: AskedPlan): Promise<FoundPlan> {
  const { path, cwd, agent, models, repeats, image } = asked
  if (await isPlan(resolve(cwd, path), path)) {
    const read = await readPlan(path, cwd)
    const plan = {
      ...read.plan,
      ...(agent === null ? {} : { agents: [agent] }),
      ...(models === null ? {} : { models }),
      ...(repeats === null ? {} : { repeats }),
      ...(image === null ? {} : { image }),
    }
    return { ...read, plan, isWritten: true }
  }
  if (models === null)
    throw new KnownError('usage', `no model for ${JSON.stringify(path)}`, { fix: 'name one with --model' })
  const said = {
    schema: 'plan/1',
    tasks: [path],
    agents: [agent ?? 'builtin'],
    models,
    repeats: repeats ?? 1,
    ...(image === null ? {} : { image }),
  }
  // What a comparison would be about matters to reports of plans only.
  const text = JSON.stringify(models.length > 1 ? { ...said, compare: 'models' } : said)
  const source = readPlanText(text)
  return { plan: planIn(source, path), source, folder: cwd, problems: [], isWritten: false }
}

/** Plans say so in a line of their own; everything else is of a task. */
async function isPlan(file: string, shown: string): Promise<boolean> {
  const found = await stat(file).catch(() => null)
  if (found === null)
    throw new KnownError('file-not-found', shown, {
      fix: `name a task or a plan; a command goes behind --: \`foretoken run -- ${shown}\``,
    })
  if (!found.isFile() || !/\.(ya?ml|json)$/i.test(file)) return false
  return /^[\s{,]*["']?schema["']?\s*:\s*["']?plan\//m.test(await readTextFile(file, shown))
}
