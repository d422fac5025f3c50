import { isIP } from 'node:net'
import { dirname, resolve } from 'node:path'
import { KnownError, type Problem } from '../errors.ts'
import { type BudgetText, readBudgetText } from '../gate/budget-text.ts'
import { problemAt, shapeProblems, shown, valueAt } from '../runner/file-problems.ts'
import type { BackendName, PlannedSpend } from '../runner/plan-file.ts'
import { readUtf8File } from '../runner/text-file.ts'
import { isLoopbackHost } from './auth/client-address.ts'
import { type LOG_LEVELS, SERVICE_DEFAULTS } from './service-defaults.ts'
import { ServiceFile } from './service-file.ts'

/** The settings of the service, checked, with every default in its place; paths are absolute. Null = not said. */
export interface ServiceSettings {
  readonly host: string
  readonly port: number
  readonly publicUrl: string | null
  readonly keysRequired: boolean | null
  /** For express as it is. */
  readonly trustProxy: false | number | readonly string[]
  readonly threads: number
  readonly repositories: {
    /** Folders by the names that callers use. */
    readonly registered: Readonly<Record<string, string>>
    readonly allowed: readonly { readonly url: string; readonly private: boolean }[]
    readonly cache: Widened<typeof SERVICE_DEFAULTS.cache>
    readonly fetchTimeoutSeconds: number
    readonly mostFetches: number
  }
  readonly limits: Widened<typeof SERVICE_DEFAULTS.limits>
  readonly runs: {
    readonly tasks: readonly string[]
    readonly agents: readonly string[]
    readonly backend: BackendName
    readonly concurrency: number
    readonly mostWaiting: number
    /** Of one run; null = there are no tasks. */
    readonly budget: PlannedSpend | null
    /** A cassette that answers in place of the providers; null = they do. */
    readonly replay: string | null
  }
  readonly log: { readonly level: (typeof LOG_LEVELS)[number]; readonly issueText: boolean }
  readonly telemetry: boolean
  readonly retention: Widened<typeof SERVICE_DEFAULTS.retention>
}

type Widened<Numbers> = { readonly [Key in keyof Numbers]: number }

/** Longer is no settings file. */
const MAX_CHARS = 2 ** 20

/**
 * Reads the settings file of the service.
 * @throws KnownError file-not-found, file-unreadable; service-malformed, with every problem, its line and fix
 */
export async function readServiceSettings(file: string, cwd: string): Promise<ServiceSettings> {
  const path = resolve(cwd, file)
  const text = await readUtf8File(path, file)
  if (text === null) throw new KnownError('service-malformed', `${file} is not UTF-8 text`)
  return parseServiceSettings(text, file, dirname(path))
}

/**
 * Parses the text of a settings file: JSON with comments.
 * @param folder paths in it are relative to this
 * @throws KnownError service-malformed, with every problem, its JSON pointer, line and fix
 */
export function parseServiceSettings(text: string, file: string, folder: string): ServiceSettings {
  if (text.length > MAX_CHARS) throw new KnownError('service-malformed', `${file} has more than 1 MiB`)
  const source = readBudgetText(text)
  const problems = source.syntax.length > 0 ? source.syntax : [...source.keys, ...problemsOf(source)]
  if (problems.length > 0) throw malformed(file, problems)
  return settled(ServiceFile.parse(source.value), folder)
}

/** The settings of a service without a file. */
export const defaultServiceSettings = (folder: string): ServiceSettings =>
  settled({ schema: 'service/1' }, folder)

function settled(given: ServiceFile, folder: string): ServiceSettings {
  const { repositories = {}, runs = {}, log = {}, limits = {}, retention = {} } = given
  const at = (paths: readonly string[] = []): readonly string[] => paths.map((path) => resolve(folder, path))
  const registered = Object.entries(repositories.registered ?? {})
  return {
    host: given.host ?? SERVICE_DEFAULTS.host,
    port: given.port ?? SERVICE_DEFAULTS.port,
    publicUrl: given.publicUrl ?? null,
    keysRequired: given.keysRequired ?? null,
    trustProxy: given.trustProxy ?? false,
    threads: given.threads ?? SERVICE_DEFAULTS.threads,
    telemetry: given.telemetry ?? SERVICE_DEFAULTS.telemetry,
    repositories: {
      ...SERVICE_DEFAULTS.repositories,
      ...said(repositories),
      registered: Object.fromEntries(registered.map(([name, path]) => [name, resolve(folder, path)])),
      allowed: (repositories.allowed ?? []).map((each) => ({
        url: each.url,
        private: each.private ?? false,
      })),
      cache: { ...SERVICE_DEFAULTS.cache, ...said(repositories.cache ?? {}) },
    },
    limits: { ...SERVICE_DEFAULTS.limits, ...said(limits) },
    runs: {
      ...SERVICE_DEFAULTS.runs,
      ...said(runs),
      tasks: at(runs.tasks),
      agents: at(runs.agents),
      budget: runs.budget ?? null,
      replay: runs.replay === undefined ? null : resolve(folder, runs.replay),
    },
    log: { ...SERVICE_DEFAULTS.log, ...said(log) },
    retention: { ...SERVICE_DEFAULTS.retention, ...said(retention) },
  }
}

/** What is there: JSON has no undefined, which the types of optional keys allow. */
const said = <Given extends object>(given: Given) =>
  given as { readonly [Key in keyof Given]: Exclude<Given[Key], undefined> }

function problemsOf(source: BudgetText): readonly Problem[] {
  return [...shapeProblems(ServiceFile, source), ...togetherProblems(source), ...proxyProblems(source)]
}

/** What values say together; looked at even where the shape is wrong elsewhere. */
function togetherProblems(source: BudgetText): readonly Problem[] {
  const at = (...path: (string | number)[]) => valueAt(source.value, path)
  const host = at('host') ?? SERVICE_DEFAULTS.host
  const found: Problem[] = []
  const tell = (path: readonly string[], said: { readonly found: string; readonly fix: string }) =>
    found.push(problemAt(source, path, said))
  if (at('keysRequired') === false && typeof host === 'string' && !isLoopbackHost(host))
    tell(['keysRequired'], {
      found: `false, though others than this machine reach ${shown(host)}`,
      fix: 'give true, or "host": "127.0.0.1"',
    })
  if (at('keysRequired') === false && at('trustProxy') !== undefined)
    tell(['keysRequired'], { found: 'false, though there is a proxy in front', fix: 'give true' })
  const [all, each] = [at('repositories', 'cache', 'mostBytes'), at('repositories', 'cache', 'mostBytesEach')]
  const most = typeof all === 'number' ? all : SERVICE_DEFAULTS.cache.mostBytes
  const mostEach = typeof each === 'number' ? each : SERVICE_DEFAULTS.cache.mostBytesEach
  if (mostEach > most)
    tell(['repositories', 'cache'], {
      found: `mostBytesEach of ${mostEach}, above mostBytes of ${most}`,
      fix: 'give a larger mostBytes, or a smaller mostBytesEach',
    })
  const tasks = at('runs', 'tasks')
  const isOffered = Array.isArray(tasks) && tasks.length > 0
  const budget = at('runs', 'budget')
  if (isOffered && (budget === undefined || isEmpty(budget)))
    tell(['runs', 'budget'], { found: 'runs without a budget', fix: 'give one, such as {"usd": 2}' })
  return found
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0

/** What express would refuse later, without a line. */
function proxyProblems(source: BudgetText): readonly Problem[] {
  const proxies = valueAt(source.value, ['trustProxy'])
  if (!Array.isArray(proxies)) return []
  return proxies.flatMap((proxy: unknown, index) => {
    if (typeof proxy !== 'string' || isNetwork(proxy)) return []
    const fix = 'give an address, or a network such as "10.0.0.0/8"'
    return [problemAt(source, ['trustProxy', index], { found: shown(proxy), fix })]
  })
}

function isNetwork(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [address = '', length, more] = text.split('/')
  const family = isIP(address)
  if (family === 0 || more !== undefined) return false
  // A network of everybody would have anyone say who they are.
  return (
    length === undefined ||
    (/^\d{1,3}$/.test(length) && Number(length) >= 1 && Number(length) <= (family === 4 ? 32 : 128))
  )
}

function malformed(file: string, problems: readonly Problem[]): KnownError {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
  const many = sorted.length === 1 ? 'a problem' : `${sorted.length} problems`
  return new KnownError('service-malformed', `${file} has ${many}`, { problems: sorted })
}
