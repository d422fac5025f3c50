import assert from 'node:assert/strict'
import { posix } from 'node:path'
import { describe, it } from 'node:test'
import { ERRORS } from '../../../src/errors.ts'
import { readSources, type Source } from './sources.ts'

/** Each module may import only what stands above it. */
const MODULES = [
  'task',
  'features',
  'regress',
  'usage',
  'pricing',
  'forecast',
  'gate',
  'trajectory',
  'store',
  'metrics',
  'gateway',
  'sandbox',
  'runner',
  'learn',
  'report',
  'server',
  'cli',
  'action',
]

/** The files directly in `src` that every module may import; they import each other only. */
const GROUND = [
  'errors',
  'service-errors',
  'units',
  'json',
  'json-mistake',
  'nearest',
  'app',
  'settings',
].map((name) => `src/${name}.ts`)

/** No files, clock, network or chance; what reads from outside is named `read-…`. */
const PURE = ['features', 'regress', 'usage', 'pricing', 'forecast', 'gate', 'metrics', 'report']

const sources = readSources()
const program = sources.filter(({ path }) => path.startsWith('src/'))

describe('the house', () => {
  it('is all looked at', () => {
    assert.ok(program.some(({ path }) => path === 'src/cli/main.ts'))
    assert.ok(program.length > 30)
    assert.ok(program.some(({ functions }) => functions.length > 0))
  })

  it('has no file outside its modules', () => {
    const strangers = program.map(({ path }) => path).filter((path) => rank(path) === null)
    assert.deepEqual(strangers, [])
  })

  it('imports only downwards', () => {
    const upwards = program.flatMap(({ path, imports }) =>
      imports
        .filter((name) => name.startsWith('.'))
        .map((name) => posix.join(posix.dirname(path), name))
        .filter((target) => (rank(target) ?? 0) > (rank(path) ?? 0))
        .map((target) => `${path} imports ${target}`),
    )
    assert.deepEqual(upwards, [])
  })

  it('keeps its core pure', () => {
    const impure = program
      .filter(({ path }) => PURE.includes(moduleOf(path)) && !posix.basename(path).startsWith('read-'))
      .filter(
        ({ text, imports }) =>
          imports.some(isImpure) ||
          /\bMath\.random\b|\brandom(UUID|Bytes)\b|\bDate\.now\b|\bprocess\.(?!\s)|\bfetch\(/.test(text),
      )
    assert.deepEqual(paths(impure), [])
  })

  it('names files after what they tell', () => {
    const vague = sources.filter(({ path }) =>
      /(^|[/-])(utils?|helpers?|common|types|misc)\.(test\.)?ts$/.test(path),
    )
    assert.deepEqual(paths(vague), [])
  })

  it('has no file of more than 400 lines, and 95 % of at most 200', () => {
    assert.deepEqual(
      program.filter(({ lines }) => lines > 400).map(({ path, lines }) => `${path}: ${lines}`),
      [],
    )
    const long = program.filter(({ lines }) => lines > 200).map(({ path, lines }) => `${path}: ${lines}`)
    assert.ok(long.length <= 0.05 * program.length, long.join('\n'))
  })

  it('has 95 % of its functions in at most 35 lines', () => {
    const functions = program.flatMap((source) => source.functions)
    const long = functions.filter(({ lines }) => lines > 35).map(({ at, lines }) => `${at}: ${lines}`)
    assert.ok(long.length <= 0.05 * functions.length, long.join('\n'))
  })

  it('never steps round the type checker', () => {
    const directive = new RegExp(`@ts-${'(ignore|expect-error|nocheck)'}`)
    const escapes = sources.flatMap((source) => source.escapes)
    assert.deepEqual(escapes, [])
    assert.deepEqual(paths(sources.filter(({ text }) => directive.test(text))), [])
  })

  it('uses every failure of its catalogue', () => {
    const used = new Set(
      program
        .filter(({ path }) => !['src/errors.ts', 'src/service-errors.ts'].includes(path))
        .flatMap(({ strings }) => [...strings]),
    )
    const dead = Object.keys(ERRORS).filter((code) => !used.has(code))
    assert.deepEqual(dead, [])
  })
})

/** Higher = further down the list; null = not a part of the house. */
function rank(path: string): number | null {
  if (GROUND.includes(path)) return 0
  if (path === 'src/index.ts') return MODULES.length + 1
  const position = MODULES.indexOf(moduleOf(path))
  return position < 0 ? null : position + 1
}

function moduleOf(path: string): string {
  return path.split('/').length > 2 ? (path.split('/')[1] ?? '') : ''
}

function isImpure(name: string): boolean {
  return /^node:(fs|fs\/promises|child_process|http|https|net|timers|timers\/promises|os|process)$/.test(name)
}

function paths(list: readonly Source[]): string[] {
  return list.map(({ path }) => path)
}
