import { NOT_RECORDED } from './system.ts'

/** The place of a benchmark at the head of a sentence: `On swe-bench-verified`. */
export const onBenchmark = (benchmark: string): string =>
  benchmark === NOT_RECORDED ? 'Where no benchmark is recorded' : `On ${benchmark}`

/** The same within a sentence: `on swe-bench-verified`. */
export const ofBenchmark = (benchmark: string): string =>
  benchmark === NOT_RECORDED ? 'where no benchmark is recorded' : `on ${benchmark}`

/** `8 others resolve less`, `1 other resolves less`. */
export const counted = (count: number, one: string, many: string): string =>
  count === 1 ? `1 other ${one}` : `${count} others ${many}`
