import { dirname, join, relative, resolve } from 'node:path'
import { KnownError, type Problem } from '../errors.ts'
import { problemAt, shown, valueAt } from './file-problems.ts'
import { malformedPlan, type Plan, planIn } from './plan.ts'
import { type PlanText, readPlanText } from './plan-text.ts'
import { readUtf8File } from './text-file.ts'

/** A plan with the text it was read from, to place what is wrong with its parts. */
export interface ReadPlan {
  readonly plan: Plan
  readonly source: PlanText
  /** Absolute: paths in the plan are relative to it. */
  readonly folder: string
  /** What is wrong with its includes, to be told with what else is. */
  readonly problems: readonly Problem[]
}

const MAX_CHARS = 1024 * 1024

/**
 * Reads a plan and all that it includes.
 * @throws KnownError file-not-found, file-unreadable; plan-malformed, with every problem, where it has not the shape of a plan
 */
export async function readPlan(file: string, cwd: string): Promise<ReadPlan> {
  const path = resolve(cwd, file)
  const { source, problems } = await sourceOf(path, { shown: file, root: dirname(path), above: [] })
  try {
    return { plan: planIn(source, file), source, folder: dirname(path), problems }
  } catch (error) {
    if (!(error instanceof KnownError) || problems.length === 0) throw error
    throw malformedPlan(file, [...problems, ...error.problems])
  }
}

interface Including {
  /** What messages call the file. */
  readonly shown: string
  /** Of the plan that is read. */
  readonly root: string
  /** The plans that led here, by their paths. */
  readonly above: readonly string[]
}

interface Source {
  readonly source: PlanText
  readonly problems: readonly Problem[]
}

async function sourceOf(path: string, at: Including): Promise<Source> {
  const text = await readUtf8File(path, at.shown)
  if (text === null) throw new KnownError('plan-malformed', `${at.shown} is not UTF-8 text`)
  if (text.length > MAX_CHARS) throw new KnownError('plan-malformed', `${at.shown} has more than 1 MiB`)
  const source = readPlanText(text)
  const include = valueAt(source.value, ['include'])
  // What is no list of names is told of with the rest of the plan's shape.
  const names = Array.isArray(include) && include.every((name) => typeof name === 'string') ? include : []
  const read = await Promise.all(names.map((name, index) => included({ name, index, source, path }, at)))
  const problems = read.flatMap((one) => one.problems)
  const sources = read.flatMap((one) => one.source ?? [])
  return { source: sources.length === 0 ? source : merged(source, sources), problems }
}

interface Included {
  readonly source: PlanText | null
  readonly problems: readonly Problem[]
}

async function included(
  { name, index, source, path }: { name: string; index: number; source: PlanText; path: string },
  { root, above }: Including,
): Promise<Included> {
  const at = (found: string, fix: string): Included => ({
    source: null,
    problems: [problemAt(source, ['include', index], { found, fix })],
  })
  const target = resolve(dirname(path), name)
  if (target === path || above.includes(target))
    return at(`${shown(name)}, which includes this plan`, 'take one of the two out')
  try {
    const inner = await sourceOf(target, { shown: name, root, above: [...above, path] })
    const problems = [...inner.source.syntax, ...inner.source.keys, ...inner.problems]
    if (problems.length > 0)
      return {
        source: null,
        problems: problems.map(({ line, found, fix }) =>
          problemAt(source, ['include', index], { found: `in ${name}, line ${line}: ${found}`, fix }),
        ),
      }
    return { source: rebased(inner.source, relative(root, dirname(target))), problems: [] }
  } catch (error) {
    if (!(error instanceof KnownError)) throw error
    return at(error.message, error.fix)
  }
}

/** Paths of an included plan are relative to where it lies itself. */
function rebased(source: PlanText, folder: string): PlanText {
  const { value } = source
  if (folder === '' || typeof value !== 'object' || value === null) return source
  const move = (key: string, isPath: (name: string) => boolean): object => {
    const list = valueAt(value, [key])
    if (!Array.isArray(list)) return {}
    return {
      [key]: list.map((name) => (typeof name === 'string' && isPath(name) ? join(folder, name) : name)),
    }
  }
  const isAgentFile = (name: string): boolean => /[\\/]|\.(ya?ml|json)$/.test(name) && !name.startsWith('/')
  const isTaskFile = (name: string): boolean => !name.startsWith('/') && !/#\d+$/.test(name)
  return { ...source, value: { ...value, ...move('tasks', isTaskFile), ...move('agents', isAgentFile) } }
}

/** What a plan says holds over what it includes, and of that the later over the earlier. */
function merged(own: PlanText, included: readonly PlanText[]): PlanText {
  const all = [own, ...included.toReversed()]
  const holder = (key: string | number | undefined): PlanText =>
    all.find(({ value }) => key !== undefined && valueAt(value, [key]) !== undefined) ?? own
  const values = all.map(({ value }) => (typeof value === 'object' && value !== null ? value : {}))
  return {
    ...own,
    value: Object.assign({}, ...values.toReversed()) as unknown,
    placeOf: (path) => holder(path[0]).placeOf(path),
    placeOfKey: (path) => holder(path[0]).placeOfKey(path),
  }
}
