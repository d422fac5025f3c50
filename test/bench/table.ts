import { spawnSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import type { Finding } from './finding.ts'

const COLUMNS = [10, 14, 14, 18] as const

/** The machine, and the names of the columns. */
export function headText(): string {
  const [cpu] = cpus()
  const git = spawnSync('git', ['--version'], { encoding: 'utf8' }).stdout.trim()
  const machine = `${cpu?.model.trim() ?? 'unknown processor'} × ${cpus().length}, ${Math.round(totalmem() / 1e9)} GB`
  const software = `Node ${process.versions.node}, ${git}, ${process.platform} ${process.arch}`
  return `${machine}; ${software}\n\n${cells('', 'median', 'target', 'middle half')}what\n`
}

/** One finding: its row, and the command that measures it again. */
export function findingText(
  name: string,
  { value, unit, target, quartiles, what }: Finding,
  asked: { readonly repository?: string | undefined; readonly commit?: string | undefined },
): string {
  const shown = (number: number) => `${digits(number)} ${unit}`
  const middle = quartiles === null ? '' : `${digits(quartiles[0])}–${digits(quartiles[1])}`
  const row = cells(name, shown(value), target === null ? '' : `≤ ${shown(target)}`, middle)
  const options = Object.entries({ repository: asked.repository, commit: asked.commit }).flatMap(
    ([option, given]) => (given === undefined ? [] : [` --${option} ${given}`]),
  )
  return `${row}${what}\n${cells('', '', '', '')}npm run bench -- --only ${name}${options.join('')}\n`
}

const cells = (...texts: readonly string[]): string =>
  texts.map((text, column) => text.padEnd(COLUMNS[column] ?? 0)).join('')

/** Three significant digits, none after the point from 100 on. */
const digits = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)))
