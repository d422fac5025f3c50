/**
 * `npm run notebooks`: runs every notebook of this folder from its first cell to its last, and leaves them with what they
 * show in `executed/`. Needs Jupyter's nbconvert and the TypeScript kernel; says how to get what is missing.
 */
import { spawn } from 'node:child_process'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'

export const NOTEBOOKS = import.meta.dirname
const TSLAB = join(NOTEBOOKS, 'node_modules/tslab/bin/tslab')
/** Nothing here takes so long; a cell that hangs is ended. */
const CELL_SECONDS = 300

/** What of a notebook is looked at (nbformat 4.5). */
export interface Notebook {
  readonly nbformat: number
  readonly nbformat_minor: number
  readonly metadata: { readonly kernelspec: { readonly name: string } }
  readonly cells: readonly NotebookCell[]
}

export interface NotebookCell {
  readonly cell_type: 'code' | 'markdown'
  readonly id: string
  readonly source: readonly string[]
  /** Of code only. */
  readonly outputs?: readonly NotebookOutput[]
}

export type NotebookOutput =
  | { readonly output_type: 'stream'; readonly name: string; readonly text: readonly string[] }
  | { readonly output_type: 'display_data'; readonly data: Readonly<Record<string, readonly string[]>> }

export const notebookFiles = (): readonly string[] =>
  globSync('*.ipynb', { cwd: NOTEBOOKS })
    .sort()
    .map((name) => join(NOTEBOOKS, name))

export const readNotebook = (file: string): Notebook => JSON.parse(readFileSync(file, 'utf8')) as Notebook

/** What is missing to run notebooks, and how to get it; null = nothing. */
export function lacking(): string | null {
  if (!existsSync(TSLAB)) return 'the TypeScript kernel is not installed → npm ci --prefix notebooks'
  if (jupyter() === null)
    return 'Jupyter is not installed → python3 -m venv .venv && .venv/bin/pip install nbconvert'
  return null
}

/** The command of Jupyter, of the project's own Python first. */
function jupyter(): string | null {
  const folders = [resolve(NOTEBOOKS, '../.venv/bin'), ...(process.env.PATH ?? '').split(delimiter)]
  return folders.map((folder) => join(folder, 'jupyter')).find((file) => existsSync(file)) ?? null
}

/** Runs a notebook in a kernel of its own, beside its file, into a folder. @throws Error with what the failing cell said */
export async function executeNotebook(file: string, folder: string): Promise<Notebook> {
  const home = mkdtempSync(join(tmpdir(), 'foretoken-jupyter-'))
  try {
    writeKernel(join(home, 'kernels/tslab'))
    const options = ['--to', 'notebook', '--execute', `--ExecutePreprocessor.timeout=${CELL_SECONDS}`]
    const child = spawn(jupyter() ?? 'jupyter', ['nbconvert', ...options, '--output-dir', folder, file], {
      env: { ...process.env, JUPYTER_PATH: home, ...placesIn(home) },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const ended = new Promise<number | null>((done, failed) => child.on('close', done).on('error', failed))
    const [said, exit] = await Promise.all([text(child.stderr), ended])
    if (exit !== 0) throw new Error(`${basename(file)} did not run to its end:\n${said}`)
    return readNotebook(join(folder, basename(file)))
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** The kernel is the Node that runs this, and the tslab of this folder. */
function writeKernel(folder: string): void {
  mkdirSync(folder, { recursive: true })
  const argv = [process.execPath, TSLAB, 'kernel', '--config-path', '{connection_file}']
  const kernel = { argv, display_name: 'TypeScript', language: 'typescript' }
  writeFileSync(join(folder, 'kernel.json'), JSON.stringify(kernel))
}

/** Whatever else Jupyter writes is not left in the home of the user. */
const placesIn = (home: string) => ({
  JUPYTER_CONFIG_DIR: join(home, 'config'),
  JUPYTER_DATA_DIR: join(home, 'data'),
  JUPYTER_RUNTIME_DIR: join(home, 'runtime'),
})

/**
 * What a cell shows that is kept in the file: words and tables, which are small and the same each time. Figures are drawn
 * anew. What is printed comes first, since it may overtake what is displayed, or be overtaken.
 */
export function keptOutputs({ outputs = [] }: NotebookCell): readonly NotebookOutput[] {
  const printed = outputs.flatMap((output) =>
    output.output_type === 'stream' && output.name === 'stdout' ? output.text : [],
  )
  const lines = printed.join('').match(/[^\n]*\n|[^\n]+$/g) ?? []
  const shown = outputs.flatMap((output) => {
    const words = output.output_type === 'display_data' ? output.data['text/markdown'] : undefined
    return words === undefined ? [] : [{ ...output, data: { 'text/markdown': words } }]
  })
  return [
    ...(lines.length === 0 ? [] : [{ output_type: 'stream', name: 'stdout', text: lines } as const]),
    ...shown,
  ]
}

if (import.meta.main) {
  const missing = lacking()
  if (missing !== null) {
    process.stderr.write(`${missing}\n`)
    process.exitCode = 2
  } else {
    for (const file of notebookFiles()) {
      const start = performance.now()
      await executeNotebook(file, join(NOTEBOOKS, 'executed'))
      const seconds = ((performance.now() - start) / 1000).toFixed(0)
      process.stdout.write(`notebooks/executed/${basename(file)}  ${seconds} s\n`)
    }
  }
}
