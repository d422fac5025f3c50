import type { Problem } from '../../errors.ts'
import { problemAt, shapeProblems, shown, valueAt } from '../file-problems.ts'
import type { PlanText } from '../plan-text.ts'
import { TaskFile } from './task-file.ts'

/** Everything that is wrong with a task: its shape, and what its parts say together. */
export const taskProblems = (source: PlanText): readonly Problem[] => [
  ...shapeProblems(TaskFile, source),
  ...repositoryProblems(source),
  ...checkProblems(source),
  ...resourceProblems(source),
]

const PLACES = ['files', 'path', 'url', 'bundle', 'image'] as const

/** The repository is at one place, and a commit is of one that has commits. */
function repositoryProblems(source: PlanText): readonly Problem[] {
  const repository = valueAt(source.value, ['repository'])
  if (typeof repository !== 'object' || repository === null) return []
  const has = (key: string) => valueAt(repository, [key]) !== undefined
  const tell = (path: readonly string[], found: string, fix: string) =>
    problemAt(source, ['repository', ...path], { found, fix })
  const [first, ...further] = PLACES.filter(has)
  if (first === undefined) return [tell([], 'no repository', `give one of ${PLACES.join(', ')}`)]
  const needsCommit = ['url', 'bundle'].includes(first) && !has('commit')
  const needsImage = first === 'image' && valueAt(source.value, ['image']) === undefined
  const idle = first === 'files' || first === 'image' ? ['commit', 'patch'].filter(has) : []
  return [
    ...further.map((key) => tell([key], `${first} is there too`, 'keep one of the two')),
    ...idle.map((key) => tell([key], `a ${key} beside ${first}`, `take ${key} out`)),
    ...(needsCommit ? [tell([first], `${first} without a commit`, 'give commit')] : []),
    ...(needsImage ? [tell(['image'], 'a folder of an image, and no image', 'give image for the task')] : []),
  ]
}

const checkProblems = (source: PlanText): readonly Problem[] =>
  valueAt(source.value, ['check', 'to']) === undefined ||
  valueAt(source.value, ['check', 'files']) !== undefined
    ? []
    : [problemAt(source, ['check', 'to'], { found: 'to without files', fix: 'give files, or take to out' })]

function resourceProblems(source: PlanText): readonly Problem[] {
  return ['cpus', 'memoryMib'].flatMap((key) => {
    const [floor, ceiling] = ['floor', 'ceiling'].map((end) => valueAt(source.value, ['resources', key, end]))
    if (typeof floor !== 'number' || typeof ceiling !== 'number' || floor <= ceiling) return []
    const found = `a floor of ${shown(floor)} above the ceiling of ${shown(ceiling)}`
    return [problemAt(source, ['resources', key, 'floor'], { found, fix: 'give a ceiling of that or more' })]
  })
}
