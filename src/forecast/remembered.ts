import type { Bundle, Remembered } from './bundle.ts'
import { agentKey, agentPrior, type ResolvedPair } from './pair.ts'

/**
 * What the runs of this very task tell beyond its features: those of the pair where it ran it, else those of all pairs.
 * Null = it was never run, or its text is not known.
 */
export function rememberedOf(
  { learnt, pairs }: Bundle,
  { head, fingerprint }: { readonly head: 'repository' | 'issue'; readonly fingerprint: string | null },
  { kinship, series }: ResolvedPair,
): Remembered | null {
  const tasks = learnt?.tasks[head]
  if (tasks === undefined || fingerprint === null || !Object.hasOwn(tasks, fingerprint)) return null
  const task = tasks[fingerprint] ?? null
  const own = kinship === 'trained' ? task?.pairs.find((pair) => pair.series === series) : undefined
  if (own !== undefined || task === null) return own ?? null
  const loading = pairs[series ?? -1]?.loading ?? { output: 1, total: 1 }
  return { ...task, output: task.output * loading.output, total: task.total * loading.total }
}

/** How much dearer an agent is than the one whose pair stands for it, in log10 tokens: as runs have shown, or as expected. */
export function agentShift(bundle: Bundle, { agent, kinship, series }: ResolvedPair) {
  if (kinship === 'trained') return { output: 0, total: 0 }
  const [asked, standing] = [agentLevel(bundle, agent), agentLevel(bundle, bundle.pairs[series ?? -1]?.agent)]
  return { output: asked.output - standing.output, total: asked.total - standing.total }
}

function agentLevel(bundle: Bundle, agent: string | undefined) {
  if (agent === undefined) return { output: 0, total: 0 }
  const learnt = bundle.learnt?.agents.find((known) => known.agent === agentKey(agent))
  const expected = (quantity: 'output' | 'total') => agentPrior(bundle, agent, quantity).shift
  return learnt ?? { output: expected('output'), total: expected('total') }
}
