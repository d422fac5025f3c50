import type { z } from 'zod'
import type { Problem } from '../errors.ts'
import { problemAt as problem, shown, unknownKey, valueAt } from './file-problems.ts'
import { COMPARED, keysAt, PlanFile } from './plan-file.ts'
import { type PlanPath, type PlanText, pointerOf } from './plan-text.ts'

/** Everything that is wrong with a plan: its shape, and what its parts say together. */
export function planProblems(source: PlanText): readonly Problem[] {
  const checked = PlanFile.safeParse(source.value)
  const shape = checked.success
    ? []
    : checked.error.issues.flatMap((issue) => shapeProblems(issue, [], source))
  return [...shape, ...repeatProblems(source), ...comparisonProblems(source), ...commitProblems(source)]
}

function shapeProblems(issue: z.core.$ZodIssue, above: PlanPath, source: PlanText): readonly Problem[] {
  const path = [...above, ...(issue.path as PlanPath)]
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey(source, [...path, key], keysAt(path) ?? []))
  const value = valueAt(source.value, path)
  // Of the forms of the tasks, the one that was begun is meant.
  if (issue.code === 'invalid_union' && pointerOf(path) === '/tasks' && typeof value === 'object') {
    const [list, counted] = issue.errors
    const meant = value === null ? [] : ((Array.isArray(value) ? list : counted) ?? [])
    if (meant.length > 0) return meant.flatMap((each) => shapeProblems(each, path, source))
  }
  const found = value === undefined ? `${path.at(-1) ?? 'everything'} is missing` : shown(value)
  return [problem(source, path, { found, fix: issue.message })]
}

const LISTS = ['tasks', 'agents', 'models', 'multipliers'] as const

/** The same twice would be run twice, and counted as if it were two. */
function repeatProblems(source: PlanText): readonly Problem[] {
  return LISTS.flatMap((key) => {
    const list = listAt(source, key)
    return list.flatMap((value, index) => {
      const first = list.indexOf(value)
      if (first === index || typeof value === 'object') return []
      const found = `${shown(value)} again`
      return [
        problem(source, [key, index], { found, fix: 'name each once; repeats says how often it is run' }),
      ]
    })
  })
}

function comparisonProblems(source: PlanText): readonly Problem[] {
  const several = COMPARED.filter((key) => listAt(source, key).length > 1)
  const compare = valueAt(source.value, ['compare'])
  if (compare === undefined) {
    if (several.length < 2) return []
    const found = `several ${several.join(' and several ')}`
    return [
      problem(source, [], {
        found,
        fix: `say with compare which are to be told apart: ${several.join(' or ')}`,
      }),
    ]
  }
  const named = COMPARED.find((key) => key === compare)
  if (named === undefined || several.includes(named)) return []
  return [
    problem(source, ['compare'], {
      found: `${shown(compare)}, of which there is one`,
      fix: 'give more of them, or take compare out',
    }),
  ]
}

const commitProblems = (source: PlanText): readonly Problem[] =>
  valueAt(source.value, ['commit']) !== undefined && valueAt(source.value, ['repo']) === undefined
    ? [
        problem(source, ['commit'], {
          found: 'a commit without a repo',
          fix: 'give repo, or take commit out',
        }),
      ]
    : []

function listAt(source: PlanText, key: string): readonly unknown[] {
  const list = valueAt(source.value, [key])
  return Array.isArray(list) ? list : []
}
