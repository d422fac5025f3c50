import type { Run } from './run.ts'

/** What a task's id tells by SWE-bench's naming: `django__django-11099` is of `django/django`. */
export function taskOfInstance(id: string | null, benchmark: string | null = null): Run['task'] {
  return { id, benchmark, repository: id === null ? null : repositoryOfInstance(id) }
}

/** The repository that an id names by SWE-bench's naming; null = it names none. */
export function repositoryOfInstance(id: string): string | null {
  const number = INSTANCE.test(id) ? id.search(/-\d+$/) : -1
  const owner = id.indexOf('__', 1)
  return owner < 0 || number <= owner + 2 ? null : `${id.slice(0, owner)}/${id.slice(owner + 2, number)}`
}

/** The SWE-bench id at the end of a file's name, behind whatever a collection puts before it; else the whole stem. */
export function instanceOfStem(stem: string): string {
  const parts = stem.split('__')
  const last = parts.slice(-2).join('__')
  return parts.length > 2 && repositoryOfInstance(last) !== null ? last : stem
}

/**
 * https://www.swebench.com/SWE-bench/guides/datasets/ : owner__name-number. Where the parts begin is looked for without a
 * pattern: one would try every `__` of an id that is nothing but underscores, over and over.
 */
const INSTANCE = /^[A-Za-z0-9][\w.-]*$/
