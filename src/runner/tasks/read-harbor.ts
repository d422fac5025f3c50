import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Problem } from '../../errors.ts'
import { problemAt, shapeProblems, valueAt } from '../file-problems.ts'
import type { PlanText } from '../plan-text.ts'
import { readTextFile } from '../text-file.ts'
import { HarborFile } from './harbor-file.ts'
import { malformedTask } from './read-task-folder.ts'
import { CEILING_OF_FLOOR, RESOURCES, type Task, TIME_LIMITS } from './task.ts'
import { readTomlText } from './toml-text.ts'

/**
 * Reads a task of Harbor, or of Terminal-Bench from 2.0, from its `task.toml`.
 * @throws KnownError task-malformed, with every problem, its JSON pointer, line and fix
 */
export async function readHarbor(file: string): Promise<Task> {
  const source = readTomlText(await readTextFile(file))
  const folder = dirname(resolve(file))
  const problems =
    source.syntax.length > 0
      ? source.syntax
      : [...shapeProblems(HarborFile, source), ...(await absentParts(source, folder))]
  if (problems.length > 0) throw malformedTask(file, problems)
  const issue = await readTextFile(join(folder, 'instruction.md'))
  const begin = (await workdirOf(join(folder, DOCKERFILE))) ?? USUAL_BEGIN
  return taskOf(HarborFile.parse(source.value), { folder, issue, begin })
}

const PARTS = ['instruction.md', join('tests', 'test.sh')]
const DOCKERFILE = join('environment', 'Dockerfile')

async function absentParts(source: PlanText, folder: string): Promise<readonly Problem[]> {
  const hasImage = valueAt(source.value, ['environment', 'docker_image']) !== undefined
  const looked = [...PARTS, ...(hasImage ? [] : [DOCKERFILE])].map(async (part) => {
    const found = await stat(join(folder, part)).catch(() => null)
    if (found?.isFile()) return []
    const fix = part === DOCKERFILE ? 'put it there, or give environment.docker_image' : 'put it there'
    return [problemAt(source, [], { found: `no ${part} beside it`, fix })]
  })
  return (await Promise.all(looked)).flat()
}

/** Where the images of Terminal-Bench begin, which say so themselves only once they are looked into. */
const USUAL_BEGIN = '/app'

/** The folder that a Dockerfile ends in; null = it is not there, or says none. */
async function workdirOf(file: string): Promise<string | null> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return [...text.matchAll(/^\s*WORKDIR\s+"?(\/[^\s"]+)/gim)].at(-1)?.[1] ?? null
}

/** Where Harbor puts the tests into the sandbox, and where they leave what they found. */
const TESTS = '/tests'
const LOGS = '/logs'
const REWARDS = [`${LOGS}/verifier/reward.txt`, `${LOGS}/verifier/reward.json`]

function taskOf(
  { task, agent, verifier, environment }: HarborFile,
  { folder, issue, begin }: { readonly folder: string; readonly issue: string; readonly begin: string },
): Task {
  return {
    name: task?.name ?? basename(folder),
    benchmark: null,
    issue,
    source: { kind: 'image', folder: environment?.workdir ?? begin },
    image: environment?.docker_image ?? null,
    imageFolder: environment?.docker_image === undefined ? join(folder, 'environment') : null,
    expectsNetwork: environment?.allow_internet !== false && environment?.network_mode !== 'no-network',
    setup: null,
    check: {
      command: `mkdir -p ${dirname(REWARDS[0] ?? '')} && bash ${TESTS}/test.sh`,
      env: verifier?.env ?? {},
      files: { from: join(folder, 'tests'), to: TESTS },
      writes: LOGS,
      patch: null,
      passing: { kind: 'reward', files: REWARDS },
    },
    resources: resourcesOf(environment),
    timeLimits: {
      setupSeconds: environment?.build_timeout_sec ?? TIME_LIMITS.setupSeconds,
      agentSeconds: agent?.timeout_sec ?? TIME_LIMITS.agentSeconds,
      checkSeconds: verifier?.timeout_sec ?? TIME_LIMITS.checkSeconds,
    },
  }
}

function resourcesOf(environment: HarborFile['environment']): Task['resources'] {
  const mib = environment?.memory_mb ?? mibIn(environment?.memory)
  return {
    cpus: environment?.cpus === undefined ? RESOURCES.cpus : from(environment.cpus),
    memoryMib: mib === null ? RESOURCES.memoryMib : from(mib),
  }
}

const from = (floor: number) => ({ floor, ceiling: floor * CEILING_OF_FLOOR })

const UNITS = { K: 1 / 1024, M: 1, G: 1024, T: 1024 ** 2 } as const

/** MiB of a size such as `2G`; null = none is given. */
function mibIn(size: string | undefined): number | null {
  const [, amount, unit = 'M'] = /^([\d.]+)\s*([KMGT])?/i.exec(size ?? '') ?? []
  if (amount === undefined) return null
  return Math.ceil(Number(amount) * UNITS[unit.toUpperCase() as keyof typeof UNITS])
}
