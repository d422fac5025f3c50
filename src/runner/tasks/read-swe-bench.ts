import type { Problem } from '../../errors.ts'
import { shapeProblems } from '../file-problems.ts'
import { type Place, type PlanText, pointerOf } from '../plan-text.ts'
import { readTextFile } from '../text-file.ts'
import { malformedTask } from './read-task-folder.ts'
import { SweBenchInstance } from './swe-bench-instance.ts'
import { RESOURCES, type Task, TIME_LIMITS } from './task.ts'

/** What instances do not tell. */
export interface SweBenchOptions {
  /** Runs the tests and prints `PASSED name` for each that passes; `{files}` = the files that the test patch touches. */
  readonly check: string
  /** Before the agent and before the check; null = the image holds all. */
  readonly setup: string | null
  /** Where the repository `owner/name` is to be had; a path or an address. */
  readonly repository: (name: string) => string
  /** The image of an instance; null = the programs of the machine. */
  readonly image: (instance: SweBenchInstance) => string | null
  readonly benchmark: string
}

export const SWE_BENCH: SweBenchOptions = {
  check: 'python -m pytest -rA {files}',
  setup: null,
  repository: (name) => `https://github.com/${name}.git`,
  image: ({ image_name }) => image_name ?? null,
  benchmark: 'swe-bench',
}

/**
 * Reads instances of SWE-bench: JSON (one, or a list) or JSON Lines.
 * @throws KnownError task-malformed, with every problem, its JSON pointer, line and fix
 */
export async function readSweBench(
  file: string,
  options: Partial<SweBenchOptions> = {},
): Promise<readonly Task[]> {
  const { instances, problems } = instancesIn(await readTextFile(file))
  const wrong = instances.flatMap(problemsOf)
  if (problems.length + wrong.length > 0) throw malformedTask(file, [...problems, ...wrong])
  return instances.map(({ value }) => taskOf(SweBenchInstance.parse(value), { ...SWE_BENCH, ...options }))
}

interface Instance {
  readonly value: unknown
  readonly place: Place
  /** Of a list; null = not of one. */
  readonly index: number | null
}

interface Instances {
  readonly instances: readonly Instance[]
  readonly problems: readonly Problem[]
}

/** A document of JSON, or one of each line. */
function instancesIn(text: string): Instances {
  const whole = parsed(text)
  if (whole !== undefined) {
    const [list, place] = [Array.isArray(whole) ? whole : null, { line: 1, column: 1 }]
    if (list === null) return { instances: [{ value: whole, place, index: null }], problems: [] }
    return { instances: list.map((value: unknown, index) => ({ value, place, index })), problems: [] }
  }
  const lines = text.split('\n').flatMap((line, at) => (line.trim() === '' ? [] : [{ line, at }]))
  const read = lines.map(({ line, at }) => ({
    value: parsed(line),
    place: { line: at + 1, column: 1 },
    index: null,
  }))
  const bad = read.filter(({ value }) => value === undefined)
  return {
    instances: read.filter(({ value }) => value !== undefined),
    problems: bad.map(({ place }) => ({
      pointer: '',
      ...place,
      found: 'not JSON',
      fix: 'get the file anew',
    })),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // What is not JSON as a whole may be so line by line; each line that is not is told of
  }
}

/** Instances are made by programs, one a line: the line is place enough. */
function problemsOf({ value, place, index }: Instance): readonly Problem[] {
  const source: PlanText = { value, syntax: [], keys: [], placeOf: () => place, placeOfKey: () => place }
  const above = index === null ? '' : pointerOf([index])
  return shapeProblems(SweBenchInstance, source).map((problem) => ({
    ...problem,
    pointer: `${above}${problem.pointer}`,
  }))
}

function taskOf(instance: SweBenchInstance, options: SweBenchOptions): Task {
  const { instance_id, repo, base_commit, problem_statement, test_patch, FAIL_TO_PASS, PASS_TO_PASS } =
    instance
  return {
    name: instance_id,
    benchmark: options.benchmark,
    issue: problem_statement,
    source: { kind: 'git', from: options.repository(repo), commit: base_commit, patch: null },
    image: options.image(instance),
    imageFolder: null,
    expectsNetwork: false,
    setup: options.setup,
    check: {
      command: options.check.replaceAll('{files}', () => filesIn(test_patch).map(quoted).join(' ')),
      env: {},
      files: null,
      writes: null,
      patch: test_patch,
      passing: { kind: 'tests', names: [...FAIL_TO_PASS, ...PASS_TO_PASS] },
    },
    resources: RESOURCES,
    timeLimits: TIME_LIMITS,
  }
}

/** The files that are there after a patch. */
const filesIn = (patch: string): readonly string[] => [
  ...new Set([...patch.matchAll(/^\+\+\+ b\/(.+?)\t?$/gm)].flatMap(([, path]) => path ?? [])),
]

/** For bash, as one word. */
const quoted = (word: string): string =>
  /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
