import { KnownError } from '../errors.ts'
import { BAG_GROUPS, type DenseGroup, featureNames } from '../features/features.ts'
import type { Bundle, HeadState } from './bundle.ts'
import { usedGroups } from './encoding.ts'

/**
 * Checks what the schema cannot: that the parts of a bundle fit each other and the features of this version.
 * @throws KnownError bundle-corrupt
 */
export function checkBundle(bundle: Bundle, where: string): void {
  for (const head of Object.values(bundle.heads)) {
    checkColumns(head, where)
    checkHead(head, bundle.pairs.length, where)
  }
  for (const [regime, pairs] of Object.entries(bundle.residuals)) {
    expect(pairs.length, bundle.pairs.length, `${where}: pairs in the residuals of ${regime}`)
    for (const { plain, hinted } of pairs) {
      checkResiduals(plain, bundle.tasks, where)
      if (hinted !== null) checkResiduals(hinted, bundle.tasks, where)
    }
  }
  expect(bundle.resolved.levels.length, bundle.pairs.length, `${where}: levels of P(resolved)`)
}

function checkColumns({ encoding }: HeadState, where: string): void {
  const used = usedGroups(encoding.weights)
  const named = Object.keys(encoding.columns) as DenseGroup[]
  for (const group of new Set([...used, ...named])) {
    const [here, there] = [featureNames(group), encoding.columns[group] ?? []]
    const at = Array.from({ length: Math.max(here.length, there.length) }, (_, j) => j)
    const wrong = at.find((j) => here[j] !== there[j])
    if (wrong === undefined) continue
    const [now, then] = [here[wrong] ?? 'nothing', there[wrong] ?? 'nothing']
    throw new KnownError(
      'bundle-corrupt',
      `${where} was made for other features: ${group} has ${then} where this version has ${now}`,
    )
  }
}

function checkHead({ encoding, quantities }: HeadState, pairs: number, where: string): void {
  const groups = usedGroups(encoding.weights)
  for (const group of groups) {
    expect(encoding.scales[group]?.length ?? 0, featureNames(group).length, `${where}: scales of ${group}`)
  }
  const dense = groups.reduce((sum, group) => sum + featureNames(group).length, encoding.repositories.length)
  const columns = BAG_GROUPS.reduce((sum, part) => sum + encoding.buckets[part].length, dense)
  for (const [name, { shared, series }] of Object.entries(quantities)) {
    expect(shared.length, columns, `${where}: weights of ${name}`)
    expect(series.length, pairs, `${where}: series of ${name}`)
    for (const { own, hinted } of series) {
      expect(own.weights.length, dense, `${where}: own weights of ${name}`)
      if (hinted !== null) expect(hinted.weights.length, dense + 2, `${where}: hinted weights of ${name}`)
    }
  }
}

function checkResiduals(
  { output, total }: Bundle['residuals']['new'][number]['plain'],
  tasks: number,
  where: string,
) {
  expect(output.length, total.length, `${where}: residuals of output`)
  if (total.length >= 1 && total.length <= tasks) return
  throw new KnownError('bundle-corrupt', `${where}: ${total.length} residuals of ${tasks} tasks`)
}

function expect(found: number, expected: number, what: string): void {
  if (found !== expected) throw new KnownError('bundle-corrupt', `${what}: ${found}, not ${expected}`)
}
