import { dirname, resolve } from 'node:path'
import { KnownError, type Problem } from '../../errors.ts'
import { readBudgetText } from '../../gate/budget-text.ts'
import type { BackendName, PlannedSpend } from '../../runner/plan-file.ts'
import { readUtf8File } from '../../runner/text-file.ts'
import { type LOG_LEVELS, SERVICE_DEFAULTS } from './service-defaults.ts'
import { ServiceFile } from './service-file.ts'
import { serviceProblems } from './service-problems.ts'

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
  readonly learning: Widened<Omit<typeof SERVICE_DEFAULTS.learning, 'automatic'>> & {
    readonly automatic: boolean
  }
  readonly log: { readonly level: (typeof LOG_LEVELS)[number]; readonly issueText: boolean }
  readonly telemetry: boolean
  readonly retention: Widened<typeof SERVICE_DEFAULTS.retention>
  /** `webhook` null = they are sent nowhere. */
  readonly alarms: Widened<typeof SERVICE_DEFAULTS.alarms> & { readonly webhook: string | null }
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
  const problems = source.syntax.length > 0 ? source.syntax : [...source.keys, ...serviceProblems(source)]
  if (problems.length > 0) throw malformed(file, problems)
  return settled(ServiceFile.parse(source.value), folder)
}

/** The settings of a service without a file. */
export const defaultServiceSettings = (folder: string): ServiceSettings =>
  settled({ schema: 'service/1' }, folder)

function settled(given: ServiceFile, folder: string): ServiceSettings {
  const { repositories = {}, runs = {}, learning = {}, log = {}, limits = {}, retention = {}, alarms } = given
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
    learning: { ...SERVICE_DEFAULTS.learning, ...said(learning) },
    log: { ...SERVICE_DEFAULTS.log, ...said(log) },
    retention: { ...SERVICE_DEFAULTS.retention, ...said(retention) },
    alarms: { webhook: null, ...SERVICE_DEFAULTS.alarms, ...said(alarms ?? {}) },
  }
}

/** What is there: JSON has no undefined, which the types of optional keys allow. */
const said = <Given extends object>(given: Given) =>
  given as { readonly [Key in keyof Given]: Exclude<Given[Key], undefined> }

function malformed(file: string, problems: readonly Problem[]): KnownError {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
  const many = sorted.length === 1 ? 'a problem' : `${sorted.length} problems`
  return new KnownError('service-malformed', `${file} has ${many}`, { problems: sorted })
}
