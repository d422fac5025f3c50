import type { HeadState } from '../../forecast/bundle.ts'
import { QUANTITIES, type Quantity } from '../dataset.ts'
import type { OwnHead } from './fit-own.ts'
import { repositoryKey } from './layout.ts'
import { learntLevels } from './learnt-levels.ts'

/** A head with its weights and levels moved by what own runs have shown. New pairs follow those of the bundle. */
export function learntHead(head: HeadState, own: OwnHead): HeadState {
  const known = new Set(head.encoding.repositories.map(repositoryKey))
  const repositories = [
    ...head.encoding.repositories,
    ...own.layout.repositories.filter((name) => !known.has(name)),
  ]
  const learn = (quantity: Quantity) => {
    const shared = sharedWeights(head, own, { quantity, repositories })
    return [quantity, { shared, ...learntLevels(head, own, { quantity, repositories }) }]
  }
  return {
    encoding: { ...head.encoding, repositories },
    quantities: Object.fromEntries(QUANTITIES.map(learn)) as HeadState['quantities'],
  }
}

/** Of a quantity, with the columns of all repositories: those of the head, then those of own runs. */
export interface Learning {
  readonly quantity: Quantity
  readonly repositories: readonly string[]
}

/** Features and repositories take their effects; all else is scaled. Columns of new repositories follow the known ones. */
function sharedWeights(
  { encoding, quantities }: HeadState,
  own: OwnHead,
  { quantity, repositories }: Learning,
): number[] {
  const { layout } = own
  const { effects } = own.quantities[quantity].fit
  const before = quantities[quantity].shared
  const scale = 1 + (effects[layout.at.scale] as number)
  const known = encoding.repositories.length
  const unit = Math.sqrt(encoding.weights.repository)
  const dense = before
    .slice(0, layout.features)
    .map((weight, j) => scale * weight + (effects[layout.at.feature + j] as number))
  const levels = repositories.map((name, j) => {
    const place = layout.repositories.indexOf(repositoryKey(name))
    const effect = place < 0 ? 0 : (effects[layout.at.repository + place] as number)
    return (j < known ? scale * (before[layout.features + j] as number) : 0) + effect / unit
  })
  const words = before.slice(layout.features + known).map((weight) => scale * weight)
  return [...dense, ...levels, ...words].map((weight) => Number(weight.toPrecision(5)))
}
