import { spawnSync } from 'node:child_process'
import { cpus, loadavg, totalmem } from 'node:os'
import type { Finding } from './finding.ts'

const COLUMNS = [16, 14, 14, 18] as const

/** The machine, and the names of the columns. */
export function headText(): string {
  const [cpu] = cpus()
  const git = spawnSync('git', ['--version'], { encoding: 'utf8' }).stdout.trim()
  const machine = `${cpu?.model.trim() ?? 'unknown processor'} × ${cpus().length}, ${Math.round(totalmem() / 1e9)} GB`
  const load = `load ${loadavg()[0]?.toFixed(1)}`
  const software = `Node ${process.versions.node}, ${git}, ${process.platform} ${process.arch}`
  return `${machine}, ${load}; ${software}\n\n${cells('', 'median', 'target', 'middle half')}what\n`
}

/** The findings of one measurement, a row each, and the command that takes it again. */
export function measurementText(name: string, findings: readonly Finding[], asked: Asked): string {
  const options = (['repository', 'commit'] as const).flatMap((option) => {
    const given = asked[option]
    return given === undefined ? [] : [` --${option} ${given}`]
  })
  const command = `npm run bench -- --only ${name}${options.join('')}`
  return `${findings.map((finding) => rowText(name, finding)).join('')}${cells('', '', '', '')}→ ${command}\n`
}

/** What was said on the command line. */
export interface Asked {
  readonly repository?: string | undefined
  readonly commit?: string | undefined
}

function rowText(name: string, { value, unit, target, quartiles, what }: Finding): string {
  const shown = (number: number) => `${digits(number)} ${unit}`
  const middle = quartiles === null ? '' : `${digits(quartiles[0])}–${digits(quartiles[1])}`
  return `${cells(name, shown(value), target === null ? '' : `≤ ${shown(target)}`, middle)}${what}\n`
}

const cells = (...texts: readonly string[]): string =>
  texts.map((text, column) => text.padEnd(COLUMNS[column] ?? 0)).join('')

/** Three significant digits, none after the point from 100 on. */
const digits = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)))
