import type { HeadState } from '../../forecast/bundle.ts'
import { agentKey, agentPrior } from '../../forecast/pair.ts'
import { singleRunBias } from './design.ts'
import type { OwnHead } from './fit-own.ts'
import type { Layout } from './layout.ts'
import type { Learning } from './learnt-head.ts'

type Pooled = HeadState['quantities']['total']
type Series = Pooled['series'][number]

/** The line of each pair, moved; pairs that the bundle lacks begin where the one that stands for them is. */
export function learntLevels(
  head: HeadState,
  own: OwnHead,
  { quantity, repositories }: Learning,
): Pick<Pooled, 'series' | 'common'> {
  const { layout } = own
  const { bundle, at } = layout
  const { effects } = own.quantities[quantity].fit
  const pooled = head.quantities[quantity]
  const wide = widener(head, layout, repositories.length)
  const common = { ...pooled.common, offset: pooled.common.offset + (effects[at.all] as number) }
  const levelOf = (agent: string): number => {
    const place = layout.agents.indexOf(agentKey(agent))
    if (place < 0) return effects[at.all] as number
    const { shift } = agentPrior(bundle, agent, quantity)
    return (effects[at.all] as number) + shift + (effects[at.agent + place] as number)
  }
  /** What own runs of a pair add; they are single runs. */
  const ownOf = (pair: number): number => {
    if (pair < 0) return 0
    const { series } = layout.pairs[pair] as Layout['pairs'][number]
    return (effects[at.pair + pair] as number) - singleRunBias(bundle, series, quantity)
  }
  const moved = (series: Series, { by, pair }: { readonly by: number; readonly pair: number }): Series => {
    const shape = own.quantities[quantity].shapes[pair]?.slope ?? 1
    return { ...wide(series), offset: round(series.offset + by), slope: round(series.slope * shape) }
  }
  const known = pooled.series.map((series, s) => {
    const pair = layout.pairs.findIndex((each) => each.kinship === 'trained' && each.series === s)
    return moved(series, { by: levelOf(bundle.pairs[s]?.agent ?? '') + ownOf(pair), pair })
  })
  const fresh = layout.pairs.flatMap(({ pair, kinship, series }, p) => {
    if (kinship === 'trained') return []
    const stand = pooled.series[series ?? -1] ?? { ...pooled.common, own: noPart(pooled), hinted: null }
    return [moved({ ...stand, hinted: null }, { by: levelOf(pair.agent) + ownOf(p), pair: p })]
  })
  return { series: [...known, ...fresh], common }
}

const round = (value: number): number => Number(value.toFixed(5))

const noPart = ({ series }: Pooled): Series['own'] => ({
  intercept: 0,
  weights: (series[0]?.own.weights ?? []).map(() => 0),
})

/** Puts zeros where the columns of new repositories come in: before the hints, which stand last. */
function widener({ encoding }: HeadState, { features }: Layout, repositories: number) {
  const end = features + encoding.repositories.length
  const zeros = new Array<number>(features + repositories - end).fill(0)
  const part = ({ intercept, weights }: Series['own']) => ({
    intercept,
    weights: [...weights.slice(0, end), ...zeros, ...weights.slice(end)],
  })
  return ({ offset, slope, own, hinted }: Series): Series => ({
    offset,
    slope,
    own: part(own),
    hinted: hinted === null ? null : part(hinted),
  })
}
