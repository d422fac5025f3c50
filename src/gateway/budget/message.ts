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

/** An amount of a measure, for people. */
export function amountOf(name: MeasureName, amount: bigint): string {
  if (name === 'usd') return `$${exactUsd(amount)}`
  const tokens = name === 'weighted' ? amount / 1_000_000n : amount
  return `${tokens.toLocaleString('en-US')} ${WORDS[name]}`
}

/** Why a call was refused, for the client and the people behind it. */
export function budgetMessage({ because, gauge }: Refusal, model: string | null): string {
  if (because === 'no-price') {
    return `the budget is in dollars, and no price of ${model ?? 'a model without a name'} is known`
  }
  return `the budget is used up: ${spentOf(gauge)}, and this call does not fit into the rest`
}

const spentOf = ({ measure, spent }: Gauge): string =>
  `${amountOf(measure.name, spent)} of ${amountOf(measure.name, measure.limit)} are spent`

/** Why no call is let through after a run's time. */
export const timeMessage = (seconds: number): string => `the time is up: the run had ${seconds} seconds`
