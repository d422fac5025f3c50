/** Two cumulative sums over standardised values, one for rises and one for falls. Plain JSON. */
export interface Cusum {
  readonly rise: CusumSide
  readonly fall: CusumSide
}

/** `sum` since it was last 0, and over how many values. */
export interface CusumSide {
  readonly sum: number
  readonly runs: number
}

const AT_REST: CusumSide = { sum: 0, runs: 0 }
export const CUSUM_AT_REST: Cusum = { rise: AT_REST, fall: AT_REST }

/**
 * One more value: Page's cumulative sums (Page 1954; Montgomery, Statistical Quality Control, 9.1), S⁺ = max(0, S⁺ + z − k)
 * and S⁻ = max(0, S⁻ − z − k). They stay near 0 while z has mean 0, and grow by |shift| − k a value once it has not.
 * @param z standardised: mean 0 and standard deviation 1 as long as nothing changes
 * @param slack k: half of the shift that is to be found soonest, in standard deviations
 */
export const cusumAfter = ({ rise, fall }: Cusum, z: number, slack: number): Cusum => ({
  rise: sideAfter(rise, z - slack),
  fall: sideAfter(fall, -z - slack),
})

function sideAfter({ sum, runs }: CusumSide, more: number): CusumSide {
  return sum + more <= 0 ? AT_REST : { sum: sum + more, runs: runs + 1 }
}
