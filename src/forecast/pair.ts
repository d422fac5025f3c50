import type { Bundle, PairFacts } from './bundle.ts'
import { modelKey } from './model-key.ts'

/** How well an (agent, model) is known: trained on, the model under another agent, or not at all. */
export type Kinship = 'trained' | 'other-agent' | 'unseen'

/** An (agent, model) asked for, and the training pair that stands for it. */
export interface ResolvedPair {
  readonly agent: string
  readonly model: string
  readonly kinship: Kinship
  /** Index of the series in the bundle; null for one never seen. */
  readonly series: number | null
}

/** One spelling per agent: `OpenHands`, `openhands v0.50`, `mini-SWE-agent 1.15` → openhands, mini-swe-agent. */
export const agentKey = (agent: string): string =>
  agent
    .slice(0, MAX_AGENT)
    .toLowerCase()
    .trim()
    .replace(/[\s_]+/g, '-')
    .replace(/[-@/]?v?\d+(\.\d+)*$/, '')

/** The names of agents are short; the pattern above takes quadratic time. */
const MAX_AGENT = 100

/** The agent most pairs of a bundle use: the one forecast for when none is named. */
export function defaultAgent(bundle: Bundle): string {
  const counts = new Map<string, number>()
  for (const { agent } of bundle.pairs) counts.set(agent, (counts.get(agent) ?? 0) + 1)
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0] ?? ''
}

/** Every model the bundle knows under an agent; all of its models for an agent it does not know. */
export function modelsOf(bundle: Bundle, agent: string): readonly string[] {
  const own = bundle.pairs.filter((pair) => agentKey(pair.agent) === agentKey(agent))
  return [...new Set((own.length > 0 ? own : bundle.pairs).map(({ model }) => model))]
}

/** Finds what the bundle knows of an agent with a model; under other agents, the pair with the most runs stands for it. */
export function resolvePair(bundle: Bundle, agent: string, model: string): ResolvedPair {
  const known = [...bundle.pairs.entries()].filter(([, pair]) => modelKey(pair.model) === modelKey(model))
  const exact = known.find(([, pair]) => agentKey(pair.agent) === agentKey(agent))
  if (exact) return { agent, model, kinship: 'trained', series: exact[0] }
  const runs = ({ runs, tasks }: PairFacts) => runs * tasks
  const [most] = known.sort(([, a], [, b]) => runs(b) - runs(a))
  if (most) return { agent, model, kinship: 'other-agent', series: most[0] }
  return { agent, model, kinship: 'unseen', series: null }
}

/** Whether any pair of the bundle is of this agent. */
export const knowsAgent = (bundle: Bundle, agent: string): boolean =>
  bundle.pairs.some((pair) => agentKey(pair.agent) === agentKey(agent))

/** Where the level of an agent is expected, in log10 tokens above the one whose pair stands for it, and how far off (sd). */
export interface AgentPrior {
  readonly shift: number
  readonly sd: number
}

/**
 * An agent that was never seen. Seven on five benchmarks (`data/replays.csv`: mini-SWE-agent, SWE-agent, AutoCodeRover, two
 * Agentless, two of Terminal-Bench) lie below OpenHands, by 1.1 in total tokens and .35 in output on average (sd .45 each):
 * agents differ by what they read again with every call more than by what they write. Half of that is expected of the
 * next, since most of those are older and do less by themselves.
 */
const UNKNOWN_AGENT = { output: { shift: -0.2, sd: 0.5 }, total: { shift: -0.6, sd: 0.7 } } as const
const KNOWN_AGENT: AgentPrior = { shift: 0, sd: 0 }

/** What is expected of an agent before any run of it. */
export const agentPrior = (bundle: Bundle, agent: string, quantity: 'output' | 'total'): AgentPrior =>
  knowsAgent(bundle, agent) ? KNOWN_AGENT : UNKNOWN_AGENT[quantity]

/** Root mean square distance between the levels of one model under two agents, in log10; null where none was seen so. */
export function agentGap(bundle: Bundle, levels: readonly { readonly offset: number }[]): number | null {
  const squares = bundle.pairs.flatMap((one, i) =>
    bundle.pairs.slice(i + 1).flatMap((other, k) => {
      const [a, b] = [levels[i], levels[i + 1 + k]]
      if (!a || !b || modelKey(one.model) !== modelKey(other.model)) return []
      return [(a.offset - b.offset) ** 2]
    }),
  )
  return squares.length === 0
    ? null
    : Math.sqrt(squares.reduce((sum, each) => sum + each, 0) / squares.length)
}
