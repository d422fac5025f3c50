import type { BoostingMemory } from './boosting-memory.ts'
import type { LeafRows } from './boosting-partition.ts'
import type { Team } from './boosting-team.ts'
import type { Random } from './random.ts'

/** 1 for each of `size` things that was drawn: a random share of them without replacement, at least one. */
export function drawn(size: number, share: number, random: Random): Uint8Array {
  if (share === 1) return new Uint8Array(size).fill(1)
  const most = Math.max(1, Math.round(share * size))
  const order = Int32Array.from({ length: size }, (_, k) => k)
  // Fisher–Yates from the end, as `shuffled` does it.
  for (let i = size - 1; i > 0; i--) {
    const j = random.integer(i + 1)
    const held = order[i] as number
    order[i] = order[j] as number
    order[j] = held
  }
  const out = new Uint8Array(size)
  for (let k = 0; k < most; k++) out[order[k] as number] = 1
  return out
}

/** The rows a tree learns from and the others, both ascending, in the memory for them; the first thread writes it. */
export function drawnRows(
  { order }: BoostingMemory,
  { share, random, team }: { readonly share: number; readonly random: Random; readonly team: Team },
): LeafRows {
  const taken = drawn(order.length, share, random)
  let own = 0
  for (const each of taken) own += each
  if (team.place === 0) {
    let [next, nextOther] = [0, own]
    for (let i = 0; i < taken.length; i++) order[taken[i] === 1 ? next++ : nextOther++] = i
  }
  return { own: order.subarray(0, own), others: order.subarray(own) }
}
