import { clusterSizes } from './cluster-codes.ts'
import { denseRanks } from './dense-ranks.ts'

/** The rank of each value, from 1; equal values share the mean of their ranks. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const dense = denseRanks(values)
  const counts = clusterSizes(dense)
  const mean = new Float64Array(dense.count)
  for (let rank = 0, before = 0; rank < dense.count; rank++) {
    mean[rank] = before + ((counts[rank] as number) + 1) / 2
    before += counts[rank] as number
  }
  const out = new Float64Array(values.length)
  for (let i = 0; i < out.length; i++) out[i] = mean[dense.of[i] as number] as number
  return out
}
