/** An arm of a comparison: its rows, and which share of them each cluster has. */
export interface ArmShares {
  readonly rows: number
  readonly shares: Float64Array
}

/**
 * Degrees of freedom of the CR2 variance of a difference of two means (Bell and McCaffrey 2002, equation 9; Imbens and
 * Kolesár 2016), for the working model of independent rows: (tr P)² / tr P² with P the quadratic form of that variance.
 */
export function satterthwaite(arms: readonly [ArmShares, ArmShares]): number {
  const clusters = arms[0].shares.length
  let [trace, squares] = [0, 0]
  const products = [0, 0, 0]
  for (let g = 0; g < clusters; g++) {
    const [a, b] = [pull(arms[0], g), pull(arms[1], g)]
    const own = ownPart(arms[0], g) + ownPart(arms[1], g)
    const taken = (a * a) / arms[0].rows + (b * b) / arms[1].rows
    trace += own - taken
    squares += own * own - 2 * own * taken
    products[0] = (products[0] as number) + (a * a) / arms[0].rows
    products[1] = (products[1] as number) + (b * b) / arms[1].rows
    products[2] = (products[2] as number) + (a * b) / Math.sqrt(arms[0].rows * arms[1].rows)
  }
  const [aa, bb, ab] = products as [number, number, number]
  return (trace * trace) / (squares + aa * aa + bb * bb + 2 * ab * ab)
}

/** The weight of the cluster in its arm's mean, inflated as CR2 inflates it. */
const pull = ({ shares }: ArmShares, g: number): number =>
  (shares[g] as number) / Math.sqrt(1 - (shares[g] as number))

/** The sum of the squared weights of the cluster's rows. */
const ownPart = ({ shares, rows }: ArmShares, g: number): number =>
  (shares[g] as number) / rows / (1 - (shares[g] as number))
