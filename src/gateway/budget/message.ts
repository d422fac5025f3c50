import { exactUsd } from '../../units.ts'
import type { Gauge, Refusal } from './account.ts'
import type { MeasureName } from './measure.ts'

const WORDS: Readonly<Record<MeasureName, string>> = {
  calls: 'calls',
  outputTokens: 'output tokens',
  totalTokens: 'tokens',
  weighted: 'weighted tokens',
  usd: 'dollars',
}

/** What is spent of a limit, for people: `2,899 of 5,000 tokens`, `$0.42 of $2.00`. */
export function spentOf({ measure, spent }: Pick<Gauge, 'measure' | 'spent'>): string {
  const [has, may] = [spent, measure.limit].map((amount) => amountIn(measure.name, amount))
  return measure.name === 'usd' ? `${has} of ${may}` : `${has} of ${may} ${WORDS[measure.name]}`
}

function amountIn(name: MeasureName, amount: bigint): string {
  if (name === 'usd') return `$${exactUsd(amount)}`
  return (name === 'weighted' ? amount / 1_000_000n : amount).toLocaleString('en-US')
}

/** Why a call was refused, for the client and the people behind it. */
export function budgetMessage({ because, gauge }: Refusal, model: string | null): string {
  if (because === 'no-price') {
    return `the budget is in dollars, and no price of ${model ?? 'a model without a name'} is known`
  }
  return `the budget is used up: ${spentOf(gauge)} are spent, and this call does not fit into the rest`
}

/** Why a call was refused whose reply could be limited to no more than this. */
export const tooLittleMessage = (tokens: number): string =>
  `the budget is used up: the provider takes no limit as low as the ${tokens} tokens that are left for a reply`

/** Why no call is let through after a run's time. */
export const timeMessage = (seconds: number): string => `the time is up: the run had ${seconds} seconds`
