import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { App } from '../app.ts'
import { KnownError } from '../errors.ts'
import { bundlePlace } from '../forecast/bundle-place.ts'
import { listBundles, readBundle } from '../forecast/read-bundle.ts'
import { readPriceBook } from '../pricing/read-price-book.ts'
import type { Finding, Subject } from './doctor-finding.ts'
import { checkGateway } from './doctor-gateway.ts'
import { checkDockerSandbox, checkKubernetesSandbox, checkLocalSandbox } from './doctor-sandbox.ts'
import { nodeComplaint } from './node-version.ts'

/** One thing that must work; it answers with a finding, whatever is broken. */
export type Check = (subject: Subject) => Promise<Finding>

/** Every check of `foretoken doctor`, in the order shown. */
export const CHECKS: readonly Check[] = [
  checkNode,
  checkGit,
  checkStore,
  checkTokenizer,
  checkBundle,
  checkCache,
  checkPrices,
  checkGateway,
  checkLocalSandbox,
  checkDockerSandbox,
  checkKubernetesSandbox,
]

async function checkNode(): Promise<Finding> {
  const { node } = process.versions
  if (nodeComplaint(node) !== null) return fail('node', node, 'install Node 24')
  return ok('node', node)
}

async function checkGit({ app }: Subject): Promise<Finding> {
  const fix = 'install git 2.25 or newer; without it forecasts see the issue only, and their ranges are wider'
  const said = await gitVersion(app)
  if (said === null) return { name: 'git', status: 'warn', detail: 'not found', fix }
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(said) ?? []
  const recent = Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 25)
  return recent ? ok('git', said) : { name: 'git', status: 'warn', detail: said, fix }
}

/** What `git --version` says after its name; null when there is no git. */
function gitVersion(app: App): Promise<string | null> {
  return new Promise((settle) => {
    const git = spawn('git', ['--version'], { env: { ...app.env }, stdio: ['ignore', 'pipe', 'ignore'] })
    let said = ''
    git.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    git.on('error', () => settle(null))
    git.on('close', (code) => settle(code === 0 ? said.trim().replace(/^git version /, '') : null))
  })
}

async function checkStore({ app, settings }: Subject): Promise<Finding> {
  const name = 'store'
  const file = resolve(app.cwd, settings.db.value)
  try {
    const { default: Database } = await import('better-sqlite3')
    const database = new Database(':memory:')
    const version = database.prepare('select sqlite_version()').pluck().get()
    database.close()
    return existsSync(file)
      ? await examine(file, `SQLite ${version}`)
      : ok(name, `SQLite ${version}, none yet`)
  } catch (error) {
    if (error instanceof KnownError) return fail(name, error.message, error.fix)
    return fail(name, `better-sqlite3 does not load: ${messageOf(error)}`, 'run `npm rebuild better-sqlite3`')
  }
}

/** Every page, reference and run of the store is looked at. */
async function examine(file: string, sqlite: string): Promise<Finding> {
  const { openStore } = await import('../store/open-store.ts')
  const { examineStore } = await import('../store/examine-store.ts')
  const store = openStore(file, { create: false })
  try {
    const { runs, calls, estimates, version, problems } = examineStore(store)
    const held = `${sqlite}, ${runs} runs, ${calls} calls, ${estimates} estimates, version ${version}`
    if (problems.length === 0) return ok('store', held)
    return fail(
      'store',
      `${problems.slice(0, 3).join('; ')}`,
      `restore a backup of ${file}, or import again into another`,
    )
  } finally {
    store.close()
  }
}

async function checkTokenizer(): Promise<Finding> {
  const name = 'tokenizer'
  try {
    const { get_encoding } = await import('tiktoken')
    const encoding = get_encoding('o200k_base')
    const count = encoding.encode('foretoken').length
    encoding.free()
    return ok(name, `o200k_base, "foretoken" is ${count} tokens`)
  } catch (error) {
    return fail(name, `tiktoken does not load: ${messageOf(error)}`, 'install the package again')
  }
}

async function checkBundle({ app, settings }: Subject): Promise<Finding> {
  const name = 'bundle'
  const place = bundlePlace(app.cwd, settings.models)
  try {
    const { id } = await readBundle(place, settings.bundle.value)
    const others = (await listBundles(place)).filter((other) => other !== id)
    return ok(name, `${id} is in force${others.length === 0 ? '' : `; there are ${others.join(', ')}`}`)
  } catch (error) {
    if (!(error instanceof KnownError)) throw error
    return fail(name, error.message, error.fix)
  }
}

async function checkCache({ app, settings }: Subject): Promise<Finding> {
  const name = 'cache'
  const shown = settings.cache.value
  let folder = resolve(app.cwd, shown)
  while (!(await exists(folder)) && dirname(folder) !== folder) folder = dirname(folder)
  try {
    await access(folder, constants.W_OK | constants.X_OK)
    return ok(name, `${shown} can be written`)
  } catch (error) {
    return fail(name, `${shown} (${codeOf(error)})`, 'name a folder that can be written with --cache')
  }
}

async function checkPrices({ app, settings }: Subject): Promise<Finding> {
  const name = 'prices'
  try {
    const book = await readPriceBook({ file: settings.prices.value, cwd: app.cwd })
    const today = new Date(app.now()).toISOString().slice(0, 10)
    const own =
      book.override === null ? '' : `, ${book.override.models.size} models by ${book.override.source}`
    return ok(name, `${book.source}, as in force on ${today}${own}`)
  } catch (error) {
    if (!(error instanceof KnownError)) throw error
    return fail(name, error.detail, error.fix)
  }
}

function ok(name: string, detail: string): Finding {
  return { name, status: 'ok', detail, fix: null }
}

function fail(name: string, detail: string, fix: string): Finding {
  return { name, status: 'fail', detail, fix }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** The first line of what went wrong: native modules add a page of paths. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
}

/** What the file system calls its failure, such as `EACCES`. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : messageOf(error)
}
