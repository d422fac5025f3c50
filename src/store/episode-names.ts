import type { Names } from './episodes.ts'
import type { Store } from './open-store.ts'

/** A column of names while it is filled. */
export interface NameColumn {
  set(place: number, name: string | null): void
  /** Of the names as they came in. */
  readonly codes: Int32Array
  /** What was filled in, the names in order. */
  named(): Names
}

export function nameColumn(size: number): NameColumn {
  const codes = new Int32Array(size).fill(-1)
  const known = new Map<string, number>()
  return {
    codes,
    set(place, name) {
      if (name === null) return
      let code = known.get(name)
      if (code === undefined) {
        code = known.size
        known.set(name, code)
      }
      codes[place] = code
    },
    named() {
      const names = [...known.keys()].sort()
      const codeOf = new Int32Array(names.length)
      for (const [code, name] of names.entries()) codeOf[known.get(name) ?? -1] = code
      for (let i = 0; i < size; i++) codes[i] = codeOf[codes[i] as number] ?? -1
      return { names, codes }
    },
  }
}

interface Task {
  readonly row: number
  readonly benchmark: string | null
  readonly id: string | null
  readonly repository: string | null
}

/** The tasks of runs, by their rows in `tasks` (−1 = none), with their benchmarks and repositories. */
export function namesOfTasks(
  { database }: Store,
  rows: Int32Array,
): Readonly<Record<'benchmark' | 'task' | 'repository', Names>> {
  const used = new Set(rows)
  const tasks = database
    .prepare<[], Task>(
      `SELECT row, nullif(benchmark, '') AS benchmark, nullif(id, '') AS id, nullif(repository, '') AS repository
       FROM tasks`,
    )
    .all()
    .filter(({ row }) => used.has(row))
    .toSorted(byName)
  const withId = tasks.filter(({ id }) => id !== null)
  const codes = new Map(withId.map(({ row }, code) => [row, code]))
  return {
    task: { names: withId.map(({ id }) => id ?? ''), codes: rows.map((row) => codes.get(row) ?? -1) },
    benchmark: namesByRow(rows, new Map(tasks.map(({ row, benchmark }) => [row, benchmark]))),
    repository: namesByRow(rows, new Map(tasks.map(({ row, repository }) => [row, repository]))),
  }
}

/** The formats of runs, by their rows in `sources`. */
export function namesOfSources({ database }: Store, rows: Int32Array): Names {
  const used = new Set(rows)
  const formats = database.prepare<[], [number, string]>('SELECT row, format FROM sources').raw().all()
  return namesByRow(rows, new Map(formats.filter(([row]) => used.has(row))))
}

function namesByRow(rows: Int32Array, nameOf: ReadonlyMap<number, string | null>): Names {
  const names = [...new Set(nameOf.values())].filter((name) => name !== null).sort()
  const codeOf = new Map(names.map((name, code) => [name, code]))
  const codes = new Map([...nameOf].map(([row, name]) => [row, name === null ? -1 : codeOf.get(name)]))
  return { names, codes: rows.map((row) => codes.get(row) ?? -1) }
}

/** By id, then by benchmark and repository: as deterministic as the content of the store. */
function byName(a: Task, b: Task): number {
  const [left, right] = [a, b].map(({ id, benchmark, repository }) =>
    JSON.stringify([id, benchmark, repository]),
  )
  return left === right ? 0 : (left ?? '') < (right ?? '') ? -1 : 1
}
