import type { Bundle, HeadState } from '../../forecast/bundle.ts'
import { agentKey, type Kinship, resolvePair } from '../../forecast/pair.ts'
import type { Pair } from '../dataset.ts'
import type { OwnHistory } from './history.ts'

/** The kinds of effects, each with a variance of its own. */
export const EFFECTS = ['all', 'scale', 'agent', 'pair', 'repository', 'feature'] as const
export type EffectKind = (typeof EFFECTS)[number]

/** Where the effects stand: the columns of a row, in this order. */
export interface Layout {
  readonly bundle: Bundle
  readonly agents: readonly string[]
  readonly pairs: readonly {
    readonly pair: Pair
    readonly kinship: Kinship
    /** Of the pair of the bundle that stands for it. */
    readonly series: number | null
  }[]
  readonly repositories: readonly string[]
  readonly repositoryAt: ReadonlyMap<string, number>
  /** Columns of the head that are learnt on: those before the repositories. */
  readonly features: number
  /** By column. */
  readonly kinds: readonly EffectKind[]
  readonly at: Readonly<Record<EffectKind, number>>
}

export const repositoryKey = (name: string): string => name.toLowerCase()

/** So many repositories have a level of their own, those with the most tasks: time goes with the cube of the effects. */
const MOST_REPOSITORIES = 200

/** Lays out the effects that a history can tell of, on top of a head. */
export function layoutOf(bundle: Bundle, head: HeadState, history: OwnHistory): Layout {
  const { pairs } = history
  const agents = [...new Set(pairs.map(({ agent }) => agentKey(agent)))].sort()
  const repositories = repositoriesOf(history)
  const features = Object.values(head.encoding.columns).reduce((sum, names) => sum + names.length, 0)
  const counts = {
    ...{ all: 1, scale: 1, agent: agents.length, pair: pairs.length },
    ...{ repository: repositories.length, feature: features },
  }
  const kinds = EFFECTS.flatMap((kind) => Array<EffectKind>(counts[kind]).fill(kind))
  const starts = EFFECTS.map((kind, k) => {
    return [kind, EFFECTS.slice(0, k).reduce((sum, before) => sum + counts[before], 0)] as const
  })
  const known = pairs.map((pair) => {
    const { kinship, series } = resolvePair(bundle, pair.agent, pair.model)
    return { pair, kinship, series }
  })
  const at = Object.fromEntries(starts) as Layout['at']
  const repositoryAt = new Map(repositories.map((name, place) => [name, place]))
  return { bundle, agents, pairs: known, repositories, repositoryAt, features, kinds, at }
}

function repositoriesOf({ tasks }: OwnHistory): readonly string[] {
  const counts = new Map<string, number>()
  for (const { repository } of tasks) {
    if (repository === null) continue
    const key = repositoryKey(repository)
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, MOST_REPOSITORIES)
    .map(([name]) => name)
    .sort()
}
