import { denseRanks } from './dense-ranks.ts'
import { checkPairs } from './pairs.ts'

/**
 * 1 for each point that no other beats: none costs as little or less and is worth as much or more, one of the two
 * strictly. Points equal in both are all kept.
 */
export function paretoFront(costs: ArrayLike<number>, values: ArrayLike<number>): Uint8Array {
  checkPairs(costs, values)
  const [cost, value] = [denseRanks(costs), denseRanks(values)]
  const best = new Int32Array(cost.count).fill(-1)
  for (let i = 0; i < cost.of.length; i++) {
    const at = cost.of[i] as number
    if ((value.of[i] as number) > (best[at] as number)) best[at] = value.of[i] as number
  }
  // The value that a point of this cost must reach, and can only reach as the best of its cost.
  const needed = new Int32Array(cost.count)
  let cheaper = -1
  for (let at = 0; at < cost.count; at++) {
    needed[at] = Math.max(cheaper + 1, best[at] as number)
    cheaper = Math.max(cheaper, best[at] as number)
  }
  const front = new Uint8Array(cost.of.length)
  for (let i = 0; i < front.length; i++) {
    front[i] = (value.of[i] as number) >= (needed[cost.of[i] as number] as number) ? 1 : 0
  }
  return front
}
